import { useState, type SubmitEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/common/Button'
import { Input } from '@/components/common/Input'
import { Notice } from '@/components/common/Notice'
import { Brand } from '@/components/layout/Brand'
import { useAppDispatch } from '@/hooks/useAppDispatch'
import { useAppSelector } from '@/hooks/useAppSelector'
import { useProblemText } from '@/hooks/useProblemText'
import { logIn, resumeSession, selectIsExpired, selectLoginProblem } from '@/store/slices/authSlice'

/** Stands in place of the page that was asked for, which comes back once the key is verified. */
export function LoginPage() {
  const { t } = useTranslation()
  const dispatch = useAppDispatch()
  const problemText = useProblemText()
  const problem = useAppSelector(selectLoginProblem)
  const isExpired = useAppSelector(selectIsExpired)
  const [key, setKey] = useState('')
  const [wasTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [isEmpty, setEmpty] = useState(false)

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setEmpty(key.trim() === '')
    if (key.trim() === '') return
    setBusy(true)
    await dispatch(logIn(key.trim()))
    setTried(true)
    setBusy(false)
  }
  const isUnreachable = problem !== null && problem.status !== 401
  const hasJustExpired = isExpired && !wasTried
  const refused = problem?.status === 401 && !hasJustExpired ? t('login.refused') : undefined

  return (
    <main className="grid min-h-dvh place-items-center bg-board px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 text-center text-board-ink">
          <Brand />
        </div>
        <form
          noValidate
          onSubmit={(event) => void submit(event)}
          className="space-y-5 rounded-lg border border-line bg-panel p-6 shadow-floating"
        >
          <h1 className="text-xl font-semibold">{t('login.title')}</h1>
          <p className="text-sm text-muted">{t('login.intro')}</p>
          {hasJustExpired && (
            <Notice tone="warning">
              <p>{t('login.expired')}</p>
            </Notice>
          )}
          {isUnreachable && (
            <Notice
              tone="error"
              action={<Button onClick={() => void dispatch(resumeSession())}>{t('common.tryAgain')}</Button>}
            >
              <p>{problemText(problem)}</p>
            </Notice>
          )}
          <Input
            label={t('login.key')}
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            error={isEmpty ? t('login.empty') : refused}
            onChange={(event) => setKey(event.target.value)}
          />
          <Button type="submit" tone="primary" busy={isBusy} className="w-full">
            {t('login.submit')}
          </Button>
        </form>
      </div>
    </main>
  )
}

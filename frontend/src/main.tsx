import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'react-redux'
import { createAppStore } from '@/store/store'
import '@/styles/index.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <Provider store={createAppStore()}>
      <h1 className="p-8 text-2xl font-semibold">Victoria</h1>
    </Provider>
  </StrictMode>,
)

import { CarrierSettings } from '@/components/features/Telephone/numbers/CarrierSettings'
import { NumberSettings } from '@/components/features/Telephone/numbers/NumberSettings'

/** Which number is answered by which agent, and what the carriers have to be told: `/settings/numbers`. */
export function NumbersPage() {
  return (
    <div className="space-y-6">
      <NumberSettings />
      <CarrierSettings />
    </div>
  )
}

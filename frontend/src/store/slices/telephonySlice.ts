/** The telephone: our numbers and the carriers that bring their calls. */
import { createSlice } from '@reduxjs/toolkit'
import { begin, fail, loaded, notLoaded, type Loaded } from '@/store/loaded'
import { serviceThunk } from '@/store/thunks'
import type { Carrier, PhoneLine, PhoneLineDraft } from '@/types/telephony'

export interface TelephonyState {
  lines: Loaded<PhoneLine[]>
  carriers: Loaded<Carrier[]>
}

export const fetchLines = serviceThunk('telephony/fetchLines', ({ telephony }) => telephony.lines())
export const createLine = serviceThunk('telephony/createLine', ({ telephony }, draft: PhoneLineDraft) =>
  telephony.createLine(draft),
)
export const updateLine = serviceThunk(
  'telephony/updateLine',
  ({ telephony }, { id, draft }: { id: string; draft: PhoneLineDraft }) => telephony.updateLine(id, draft),
)
export const removeLine = serviceThunk('telephony/removeLine', ({ telephony }, id: string) =>
  telephony.removeLine(id),
)
export const fetchCarriers = serviceThunk('telephony/fetchCarriers', ({ telephony }) => telephony.carriers())

const initialState: TelephonyState = {
  lines: notLoaded<PhoneLine[]>([]),
  carriers: notLoaded<Carrier[]>([]),
}

const telephonySlice = createSlice({
  name: 'telephony',
  initialState,
  reducers: {},
  extraReducers: (builder) =>
    builder
      .addCase(fetchLines.pending, ({ lines }) => begin(lines))
      .addCase(fetchLines.rejected, ({ lines }, { payload }) => fail(lines, payload))
      .addCase(fetchLines.fulfilled, (state, { payload }) => {
        state.lines = loaded(payload)
      })
      .addCase(createLine.fulfilled, ({ lines }, { payload }) => {
        lines.value.push(payload)
      })
      .addCase(updateLine.fulfilled, ({ lines }, { payload }) => {
        lines.value = lines.value.map((line) => (line.id === payload.id ? payload : line))
      })
      .addCase(removeLine.fulfilled, ({ lines }, { meta }) => {
        lines.value = lines.value.filter(({ id }) => id !== meta.arg)
      })
      .addCase(fetchCarriers.pending, ({ carriers }) => begin(carriers))
      .addCase(fetchCarriers.rejected, ({ carriers }, { payload }) => fail(carriers, payload))
      .addCase(fetchCarriers.fulfilled, (state, { payload }) => {
        state.carriers = loaded(payload)
      }),
})

export const telephonyReducer = telephonySlice.reducer

interface WithTelephony {
  telephony: TelephonyState
}

export const selectLines = (state: WithTelephony) => state.telephony.lines
export const selectCarriers = (state: WithTelephony) => state.telephony.carriers

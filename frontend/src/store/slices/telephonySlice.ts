/** The telephone: our numbers, the carriers that bring their calls, and the calls that agents make. */
import { createSlice, isFulfilled } from '@reduxjs/toolkit'
import { begin, fail, loaded, notLoaded, type Loaded } from '@/store/loaded'
import { serviceThunk } from '@/store/thunks'
import type {
  Campaign,
  CampaignDraft,
  CampaignStep,
  Carrier,
  OutboundCall,
  OutboundCallDraft,
  PhoneLine,
  PhoneLineDraft,
} from '@/types/telephony'

/** Which page of which orders: a campaign's or all (null). `trail` has the cursors that led there. */
export interface OrderPlace {
  campaignId: string | null
  trail: string[]
}

export interface OrderPage {
  place: OrderPlace
  items: OutboundCall[]
  next: string | null
}

export interface TelephonyState {
  lines: Loaded<PhoneLine[]>
  carriers: Loaded<Carrier[]>
  orders: Loaded<OrderPage>
  campaigns: Loaded<Campaign[]>
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

/** Returned to whoever dispatched it; the list is fetched again. */
export const placeCall = serviceThunk('telephony/placeCall', ({ telephony }, draft: OutboundCallDraft) =>
  telephony.order(draft),
)
export const fetchOrders = serviceThunk('telephony/fetchOrders', ({ telephony }, place: OrderPlace) =>
  telephony.orders(place.campaignId, place.trail.at(-1) ?? null),
)
export const cancelOrder = serviceThunk('telephony/cancelOrder', ({ telephony }, id: string) =>
  telephony.cancelOrder(id),
)

export const fetchCampaigns = serviceThunk('telephony/fetchCampaigns', ({ telephony }) =>
  telephony.campaigns(),
)
export const fetchCampaign = serviceThunk('telephony/fetchCampaign', ({ telephony }, id: string) =>
  telephony.campaign(id),
)
/** What a campaign would be; not kept. */
export const previewCampaign = serviceThunk(
  'telephony/previewCampaign',
  ({ telephony }, draft: CampaignDraft) => telephony.previewCampaign(draft),
)
export const createCampaign = serviceThunk(
  'telephony/createCampaign',
  ({ telephony }, draft: CampaignDraft) => telephony.createCampaign(draft),
)
export const stepCampaign = serviceThunk(
  'telephony/stepCampaign',
  ({ telephony }, { id, step }: { id: string; step: CampaignStep }) => telephony.stepCampaign(id, step),
)

const NO_ORDERS: OrderPage = { place: { campaignId: null, trail: [] }, items: [], next: null }

const initialState: TelephonyState = {
  lines: notLoaded<PhoneLine[]>([]),
  carriers: notLoaded<Carrier[]>([]),
  orders: notLoaded(NO_ORDERS),
  campaigns: notLoaded<Campaign[]>([]),
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
      })
      .addCase(fetchOrders.pending, (state, { meta }) => {
        // Another campaign's calls are not what is asked for; another page of the same ones may stay in sight.
        if (state.orders.value.place.campaignId !== meta.arg.campaignId) {
          state.orders = notLoaded({ ...NO_ORDERS, place: meta.arg })
        }
        begin(state.orders)
      })
      .addCase(fetchOrders.rejected, ({ orders }, { payload }) => fail(orders, payload))
      .addCase(fetchOrders.fulfilled, (state, { payload, meta }) => {
        if (state.orders.value.place.campaignId !== meta.arg.campaignId) return
        state.orders = loaded({ place: meta.arg, items: payload.items, next: payload.next_cursor })
      })
      .addCase(cancelOrder.fulfilled, ({ orders }, { payload }) => {
        orders.value.items = orders.value.items.map((order) => (order.id === payload.id ? payload : order))
      })
      .addCase(fetchCampaigns.pending, ({ campaigns }) => begin(campaigns))
      .addCase(fetchCampaigns.rejected, ({ campaigns }, { payload }) => fail(campaigns, payload))
      .addCase(fetchCampaigns.fulfilled, (state, { payload }) => {
        state.campaigns = loaded(payload)
      })
      .addMatcher(isFulfilled(fetchCampaign, createCampaign, stepCampaign), ({ campaigns }, { payload }) => {
        const others = campaigns.value.filter(({ id }) => id !== payload.id)
        campaigns.value = [payload, ...others].sort((a, b) => b.created_at - a.created_at)
      }),
})

export const telephonyReducer = telephonySlice.reducer

interface WithTelephony {
  telephony: TelephonyState
}

export const selectLines = (state: WithTelephony) => state.telephony.lines
export const selectCarriers = (state: WithTelephony) => state.telephony.carriers
export const selectOrders = (state: WithTelephony) => state.telephony.orders
export const selectCampaigns = (state: WithTelephony) => state.telephony.campaigns
export const selectCampaign = (id: string) => (state: WithTelephony) =>
  state.telephony.campaigns.value.find((campaign) => campaign.id === id)

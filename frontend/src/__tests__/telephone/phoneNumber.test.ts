import { describe, expect, it } from 'vitest'
import { numberFault, plainNumber } from '@/utils/phoneNumber'

describe('a telephone number', () => {
  it.each([
    ['+34 600 000 001', '+34600000001'],
    ['0034 600-000.001', '+34600000001'],
    ['+1 (212) 555-0100', '+12125550100'],
    ['+49\u00a030/1234567', '+49301234567'],
  ])('may be written as %s', (text, plain) => {
    expect(numberFault(text)).toBeNull()
    expect(plainNumber(text)).toBe(plain)
  })

  it.each([
    ['', 'required'],
    ['  ', 'required'],
    ['600 000 001', 'country'],
    ['+0600000001', 'country'],
    ['+34 call me', 'signs'],
    ['+34+600000001', 'signs'],
    ['+34 600', 'digits'],
    ['+1234567890123456', 'digits'],
    ['+٣٤٦٠٠٠٠٠٠٠١', 'signs'],
  ])('that is %j is refused as %s', (text, fault) => {
    expect(numberFault(text)).toBe(fault)
  })
})

import type { BankView } from '../../../reg/bank.ts';
import type { MC146818_REGISTERS } from './spec.ts';

type View = BankView<(typeof MC146818_REGISTERS)['registers']>;

/** Date and time of day. */
export interface RtcDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A number below 100 as the chip stores it: BCD unless DM is set. */
function encode(r: View, n: number): number {
  return r.B.DM === 1 ? n : (Math.floor(n / 10) << 4) | n % 10;
}

function decode(r: View, v: number): number {
  return r.B.DM === 1 ? v : (v >> 4) * 10 + (v & 15);
}

/** Hours in 12-hour mode have PM in bit 7 and run 12, 1 … 11 (table 3). */
function encodeHour(r: View, hour: number): number {
  if (r.B.H24 === 1) return encode(r, hour);
  return encode(r, hour % 12 === 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0);
}

function decodeHour(r: View, v: number): number {
  if (r.B.H24 === 1) return decode(r, v);
  return (decode(r, v & 0x7f) % 12) + ((v & 0x80) !== 0 ? 12 : 0);
}

/** Puts a date into the time registers. The day of the week is worked out; Sunday is 1. */
export function setDate(r: View, d: RtcDate): void {
  r.SECONDS.value = encode(r, d.second);
  r.MINUTES.value = encode(r, d.minute);
  r.HOURS.value = encodeHour(r, d.hour);
  r.DAY_OF_WEEK.value = dayOfWeek(d.year, d.month, d.day) + 1;
  r.DAY_OF_MONTH.value = encode(r, d.day);
  r.MONTH.value = encode(r, d.month);
  r.YEAR.value = encode(r, d.year % 100);
}

/** One second later (§Update Cycle). February has 29 days in every fourth year. */
export function tick(r: View): void {
  const second = decode(r, r.SECONDS.value) + 1;
  r.SECONDS.value = encode(r, second % 60);
  if (second < 60) return;
  const minute = decode(r, r.MINUTES.value) + 1;
  r.MINUTES.value = encode(r, minute % 60);
  if (minute < 60) return;
  const hour = decodeHour(r, r.HOURS.value) + 1;
  r.HOURS.value = encodeHour(r, hour % 24);
  if (hour < 24) return;
  r.DAY_OF_WEEK.value = (r.DAY_OF_WEEK.value % 7) + 1;
  const month = decode(r, r.MONTH.value);
  const year = decode(r, r.YEAR.value);
  const day = decode(r, r.DAY_OF_MONTH.value) + 1;
  const last = month === 2 && year % 4 === 0 ? 29 : DAYS[month - 1] ?? 31;
  r.DAY_OF_MONTH.value = encode(r, day > last ? 1 : day);
  if (day <= last) return;
  r.MONTH.value = encode(r, month >= 12 ? 1 : month + 1);
  if (month >= 12) r.YEAR.value = encode(r, (year + 1) % 100);
}

/** All three alarm bytes match the time or are "don't care" (both top bits set). */
export function alarmMatches(r: View): boolean {
  const match = (alarm: number, time: number): boolean => (alarm & 0xc0) === 0xc0 || alarm === time;
  return (
    match(r.SECONDS_ALARM.value, r.SECONDS.value) &&
    match(r.MINUTES_ALARM.value, r.MINUTES.value) &&
    match(r.HOURS_ALARM.value, r.HOURS.value)
  );
}

/** 0 = Sunday, by counting days of the Gregorian calendar from 1 March of year 0, a Wednesday. */
function dayOfWeek(year: number, month: number, day: number): number {
  const y = month < 3 ? year - 1 : year;
  const monthsSinceMarch = (month + 9) % 12;
  const days =
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * monthsSinceMarch + 2) / 5) +
    day -
    1;
  return (days + 3) % 7;
}

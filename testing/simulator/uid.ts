/** A UUID for the user of that number, the same every time. */
export const uidOf = (user: number): string => `00000000-0000-4000-8000-${user.toString(16).padStart(12, '0')}`

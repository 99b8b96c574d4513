/** The media type of a body in lower case, without its parameters; '' when there is none. */
export function mediaTypeOf({ headers }: Pick<Request, 'headers'>): string {
  return headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Something a person can mend: the message is one sentence that says what to do, and is shown without a stack trace. */
export class StackError extends Error {
  override name = 'StackError';
}

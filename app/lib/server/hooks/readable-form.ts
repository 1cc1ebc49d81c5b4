import type { Handle } from '@sveltejs/kit/hooks';
import { refuse } from '../api.ts';

/** A body that is no form at all is the sender's mistake, wherever it is read: 422 `validation`, not an error of ours. */
export const readableForm: Handle = ({ event, resolve }) => {
  const { request } = event;
  const read = request.formData.bind(request);
  const formData = async () => {
    try {
      return await read();
    } catch (thrown) {
      if (thrown instanceof TypeError) refuse('validation');
      throw thrown;
    }
  };
  Object.defineProperty(request, 'formData', { value: formData });
  return resolve(event);
};

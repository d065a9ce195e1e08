// One question as JSON on standard input, one answer as JSON on standard output. A peer's refusal is an answer too.
import { readFileSync } from 'node:fs';

export async function answer(actions) {
  const question = JSON.parse(readFileSync(0, 'utf8'));
  let result;
  try {
    result = await actions[question.do](question);
  } catch (fault) {
    result = { refused: words(fault) };
  }
  process.stdout.write(JSON.stringify(result));
}

function words(fault) {
  const parts = [];
  for (let at = fault; at && parts.length < 6; at = at.cause) parts.push(`${at.name ?? 'Error'}: ${at.message ?? at}`);
  const error = typeof fault?.error === 'string' ? ` ${fault.error}` : '';
  const response = fault?.response?.status ? ` [HTTP ${fault.response.status}]` : '';
  return parts.join(' <- ') + error + response + (fault?.errorResponse ? ` ${JSON.stringify(fault.errorResponse)}` : '');
}

// Calls the gateway with the official client and prints one JSON object: what the client saw, and how many requests it put on the wire.
import OpenAI from 'openai';

let requests = 0;
const client = new OpenAI({
  baseURL: process.env.GATEWAY_BASE_URL,
  apiKey: process.env.GATEWAY_KEY,
  maxRetries: Number(process.env.MAX_RETRIES ?? '2'),
  fetch: (...call) => {
    requests += 1;
    return fetch(...call);
  },
});
const ask = { model: 'gpt-4o', max_completion_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };

const scenarios = {
  async chat() {
    const { data, response } = await client.chat.completions.create(ask).withResponse();
    return { text: data.choices[0].message.content, total: data.usage.total_tokens, charged: response.headers.get('x-aigateway-tokens-used') };
  },
  async stream() {
    let text = '';
    let last = null;
    let usages = 0;
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0].delta.content ?? ''; // As callers do who never asked for usage: an empty choices would throw here.
      last = chunk.choices[0].finish_reason ?? last;
      usages += 'usage' in chunk ? 1 : 0;
    }
    return { text, last, usages };
  },
  async streamWithUsage() {
    let total = null;
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) {
      total = chunk.usage?.total_tokens ?? total;
    }
    return { total };
  },
  async surface() {
    const question = { model: 'gpt-4o', input: 'Hello there' };
    const whole = await client.responses.create(question);
    let streamed = '';
    let total = null;
    for await (const event of await client.responses.create({ ...question, stream: true })) {
      streamed += event.type === 'response.output_text.delta' ? event.delta : '';
      total = event.type === 'response.completed' ? event.response.usage.total_tokens : total;
    }
    const vectors = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hello there' });
    return {
      text: whole.output_text,
      streamed,
      dimensions: vectors.data[0].embedding.length,
      totals: [whole.usage.total_tokens, total, vectors.usage.total_tokens],
    };
  },
};

let seen;
try {
  seen = await scenarios[process.env.SCENARIO]();
} catch (error) {
  const family = ['AuthenticationError', 'RateLimitError', 'APIConnectionError', 'APIError'].find((name) => error instanceof OpenAI[name]);
  if (!family) throw error;
  seen = { error: family, status: error.status, code: error.code, type: error.type, message: error.message };
}
console.log(JSON.stringify({ ...seen, requests }));

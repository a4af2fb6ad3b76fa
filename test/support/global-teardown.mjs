// After the last file: the server goes, and its data with it.
export default async function tearDown() {
  await globalThis.sheafTestPostgres?.stop();
}

// As load.lua, for autocannon: where there is no wrk.
const [url, connections, duration, file] = process.argv.slice(2);
const bodies = require("fs").readFileSync(file, "utf8").trim().split("\n");
const requests = bodies.map((body) => ({ method: "POST", headers: { "content-type": "application/json" }, body }));
require("autocannon")({ url, connections: +connections, duration: +duration, requests }).then((result) => {
  const refused = result.errors + result.non2xx;
  console.log(`measured ${result.requests.total} ${result.duration * 1e6} ${result.latency.p99 * 1e3} ${refused}`);
});

#include <offhook/agent/providers/deepgram/speak_options.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::deepgram {

namespace {

Query shape(const SpeakOptions& options) {
  Query query;
  query.add("model", options.model).add("encoding", "linear16").add("sample_rate", std::to_string(options.rate_hz));
  query.flag("mip_opt_out", options.mip_opt_out);
  return query;
}

}  // namespace

Query live_query(const SpeakOptions& options) {
  Query query = shape(options);
  if (options.speed) query.add("speed", fmt::format("{:.2f}", *options.speed));
  return query;
}

Query http_query(const SpeakOptions& options) { return shape(options).add("container", "none"); }

}  // namespace offhook::inline v0::agent::deepgram

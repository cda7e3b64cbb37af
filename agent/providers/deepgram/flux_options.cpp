#include <offhook/agent/providers/deepgram/flux_options.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr double kNeverSure = 1.0;      // At this threshold, the model itself never ends a turn.
constexpr int kLongestTimeoutMs = 60'000;  // Silence must not end a turn either, as Offhook ends turns.

void add_end(Query& query, const std::optional<FluxEnd>& own_end) {
  if (!own_end) {
    query.add("eot_threshold", fmt::format("{:.2f}", kNeverSure)).add("eot_timeout_ms", std::to_string(kLongestTimeoutMs));
    return;
  }
  const FluxEnd end = own_end->bounded();
  query.add("eot_threshold", fmt::format("{:.2f}", end.threshold));
  if (end.eager_threshold) query.add("eager_eot_threshold", fmt::format("{:.2f}", *end.eager_threshold));
  query.add("eot_timeout_ms", std::to_string(end.timeout.count()));
}

}  // namespace

Query flux_query(const FluxOptions& options) {
  Query query;
  query.add("model", options.model).add("encoding", to_string(options.sound.encoding)).add("sample_rate", std::to_string(options.sound.rate_hz));
  for (const std::string& hint : options.hints) query.add("language_hint", hint);
  add_end(query, options.own_end);
  query.flag("mip_opt_out", options.mip_opt_out);
  if (!options.tag.empty()) query.add("tag", options.tag);
  const std::size_t count = std::min(options.keyterms.size(), FluxOptions::kMaxKeyterms);
  for (std::size_t i = 0; i < count; ++i) query.add("keyterm", options.keyterms[i]);
  return query;
}

}  // namespace offhook::inline v0::agent::deepgram

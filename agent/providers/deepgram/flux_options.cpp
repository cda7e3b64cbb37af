#include <offhook/agent/providers/deepgram/flux_options.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr double kNeverSure = 1.0;      // Suppresses ends of turns by the model itself.
constexpr int kLongestTimeoutMs = 60'000;  // Nor shall silence end one: that is ours to do.

}  // namespace

Query flux_query(const FluxOptions& options) {
  Query query;
  query.add("model", options.model).add("encoding", to_string(options.sound.encoding)).add("sample_rate", std::to_string(options.sound.rate_hz));
  for (const std::string& hint : options.hints) query.add("language_hint", hint);
  query.add("eot_threshold", fmt::format("{:.2f}", options.eot_threshold ? std::clamp(*options.eot_threshold, 0.5, 0.9) : kNeverSure));
  query.add("eot_timeout_ms", std::to_string(kLongestTimeoutMs));
  query.flag("mip_opt_out", options.mip_opt_out);
  if (!options.tag.empty()) query.add("tag", options.tag);
  const std::size_t count = std::min(options.keyterms.size(), FluxOptions::kMaxKeyterms);
  for (std::size_t i = 0; i < count; ++i) query.add("keyterm", options.keyterms[i]);
  return query;
}

}  // namespace offhook::inline v0::agent::deepgram

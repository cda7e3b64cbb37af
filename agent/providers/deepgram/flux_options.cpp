#include <offhook/agent/providers/deepgram/flux_options.hpp>

#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr std::string_view kEnglish = "flux-general-en", kMany = "flux-general-multi";
/// What kMany understands; any other hint is refused.
constexpr std::array<std::string_view, 10> kHints{"en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"};
constexpr double kNeverSure = 1.0;      // Suppresses ends of turns by the model itself.
constexpr int kLongestTimeoutMs = 60'000;  // Nor shall silence end one: that is ours to do.

/// "de" of "de-AT".
std::string primary_of(std::string_view bcp47) {
  std::string primary;
  for (const char c : bcp47.substr(0, bcp47.find_first_of("-_"))) primary += base::to_lower(c);
  return primary;
}

}  // namespace

std::string flux_model_of(const FluxOptions& options, const std::string& language) {
  if (!options.model.empty()) return options.model;
  const std::string primary = primary_of(options.language.empty() ? language : options.language);
  return std::string(primary == "en" ? kEnglish : kMany);
}

Query flux_query(const FluxOptions& options, const std::string& language) {
  const std::string model = flux_model_of(options, language);
  const std::string primary = primary_of(options.language.empty() ? language : options.language);
  Query query;
  query.add("model", model).add("encoding", to_string(options.sound.encoding)).add("sample_rate", std::to_string(options.sound.rate_hz));
  const bool can_hint = std::find(kHints.begin(), kHints.end(), primary) != kHints.end();
  if (can_hint && model == kMany) query.add("language_hint", primary);
  query.add("eot_threshold", fmt::format("{:.2f}", options.eot_threshold ? std::clamp(*options.eot_threshold, 0.5, 0.9) : kNeverSure));
  query.add("eot_timeout_ms", std::to_string(kLongestTimeoutMs));
  query.flag("mip_opt_out", options.mip_opt_out);
  if (!options.tag.empty()) query.add("tag", options.tag);
  const std::size_t count = std::min(options.keyterms.size(), FluxOptions::kMaxKeyterms);
  for (std::size_t i = 0; i < count; ++i) query.add("keyterm", options.keyterms[i]);
  return query;
}

}  // namespace offhook::inline v0::agent::deepgram

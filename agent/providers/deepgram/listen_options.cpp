#include <offhook/agent/providers/deepgram/listen_options.hpp>

#include <offhook/agent/providers/deepgram/listen_choice.hpp>


#include <algorithm>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr int kEndpointingMs = 300, kAnyLanguageEndpointingMs = 100;  // 100 with multi: Deepgram's documentation, "Endpointing"

}  // namespace

Query whole_turn_query(const ListenOptions& options) {
  Query query;
  query.add("model", options.model).add("language", options.language.empty() ? kAnyLanguage : options.language);
  query.flag("punctuate", options.punctuate).flag("smart_format", options.smart_format).flag("numerals", options.numerals);
  query.flag("mip_opt_out", options.mip_opt_out);
  if (!options.tag.empty()) query.add("tag", options.tag);
  const std::size_t count = std::min(options.keyterms.size(), ListenOptions::kMaxKeyterms);
  for (std::size_t i = 0; i < count; ++i) query.add("keyterm", options.keyterms[i]);
  return query;
}

Query live_query(const ListenOptions& options) {
  Query query = whole_turn_query(options);
  query.add("encoding", to_string(options.sound.encoding)).add("sample_rate", std::to_string(options.sound.rate_hz));
  query.add("channels", "1").flag("interim_results", true);
  const bool any_language = options.language.empty() || options.language == kAnyLanguage;
  const int endpointing = options.endpointing_ms.value_or(any_language ? kAnyLanguageEndpointingMs : kEndpointingMs);
  query.add("endpointing", endpointing > 0 ? std::to_string(endpointing) : "false");
  return query;
}

}  // namespace offhook::inline v0::agent::deepgram

#include <offhook/agent/conversation/service_use.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

base::Duration sum_of(base::Duration a, base::Duration b) {
  constexpr base::Duration kMost = ServiceUse::kMostTime;
  return std::min(std::min(a, kMost) + std::min(b, kMost), kMost);
}

}  // namespace

bool ServiceUse::is_nothing() const {
  ServiceUse none;
  none.service = service;
  return *this == none;
}

ServiceUse ServiceUse::believable() const {
  ServiceUse use = *this;
  for (std::uint64_t* const count : {&use.input_tokens, &use.cached_input_tokens, &use.audio_input_tokens, &use.output_tokens, &use.audio_output_tokens}) {
    if (*count > kMostTokens) *count = 0;
  }
  return use;
}

void ServiceUse::add(const ServiceUse& more) {
  input_tokens += more.input_tokens;
  cached_input_tokens += more.cached_input_tokens;
  audio_input_tokens += more.audio_input_tokens;
  output_tokens += more.output_tokens;
  audio_output_tokens += more.audio_output_tokens;
  characters += more.characters;
  audio = sum_of(audio, more.audio);
  connected = sum_of(connected, more.connected);
}

ServiceUse use_of(const TokensUsed& used) {
  ServiceUse use;
  use.service = used.service;
  use.input_tokens = used.input;
  use.cached_input_tokens = used.cached_input;
  use.audio_input_tokens = used.audio_input;
  use.output_tokens = used.output;
  use.audio_output_tokens = used.audio_output;
  return use;
}

}  // namespace offhook::inline v0::agent

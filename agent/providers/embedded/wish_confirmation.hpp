#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// How sure it is what a caller wants, and the question that makes it sure. Pure.
namespace offhook::inline v0::agent::embedded {

enum class Decision : std::uint8_t { Reject, Confirm, Accept };

/// What is done about `match`, which was recognised with `confidence` (0..1). Two thresholds on each of both scores make three
/// bands, the intent's own `confirm` decides in the middle one. docs/embedded-speech.md has the figures.
[[nodiscard]] Decision decide(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// True when `match` and `confidence` are in the upper band: a question about it is no guess.
[[nodiscard]] bool is_sure(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// `phrase` with {wish} filled in: "You want our opening hours. Is that right?"
[[nodiscard]] std::string confirm_wish_text(std::string_view phrase, const Intent& intent);

}  // namespace offhook::inline v0::agent::embedded

#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Decides how certain a caller's wish is, and makes the question that confirms it. Pure.
namespace offhook::inline v0::agent::embedded {

enum class Decision : std::uint8_t { Reject, Confirm, Accept };

/// Decides about `match`, which was recognised with `confidence` (0..1). Two thresholds for each of the two scores make three
/// bands; in the middle band the intent's own `confirm` decides. docs/embedded-speech.md has the figures.
[[nodiscard]] Decision decide(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// Returns true if `match` and `confidence` are in the upper band. After a wrong guess, the dialogue asks only about such a match.
[[nodiscard]] bool is_sure(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// Returns `phrase` with {wish} filled in: "You want our opening hours. Is that right?"
[[nodiscard]] std::string confirm_wish_text(std::string_view phrase, const Intent& intent);

}  // namespace offhook::inline v0::agent::embedded

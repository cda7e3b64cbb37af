#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Decides whether a caller's wish is certain enough, and makes the question that confirms it. Pure.
namespace offhook::inline v0::agent::embedded {

enum class Decision : std::uint8_t { Reject, Confirm, Accept };

/// Decides about `match`, whose text was recognised with `confidence` (0..1). Rejects it below the lower thresholds of score or
/// confidence. Otherwise the intent's `confirm` decides: Never accepts, Always confirms, and WhenUnsure accepts only if is_sure().
/// docs/embedded-speech.md has the figures.
[[nodiscard]] Decision decide(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// Returns true if the score of `match` and `confidence` reach the upper thresholds. After a wrong guess, the dialogue confirms only such a match.
[[nodiscard]] bool is_sure(const Dialogue& dialogue, const IntentMatch& match, double confidence);

/// Returns `phrase` with {wish} filled in: "You want our opening hours. Is that right?"
[[nodiscard]] std::string confirm_wish_text(std::string_view phrase, const Intent& intent);

}  // namespace offhook::inline v0::agent::embedded

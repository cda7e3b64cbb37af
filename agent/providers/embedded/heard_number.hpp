#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as callers say them digit by digit, and how they mend them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Digits in a sentence that make a number; one or two may be part of anything.
inline constexpr std::size_t kMinTold = 3;

/// The digits in a text: "five five oh double two" is "55022", "eight hundred five" is "8005"; other words are skipped.
[[nodiscard]] std::string heard_digits(std::string_view text);
/// The other words.
[[nodiscard]] std::string without_digits(std::string_view text);

/// As heard_digits(), but a speaker's own repair counts: after "no", "sorry", "wait", "correction", "I mean" or "actually" the
/// digits replace those before; if they are fewer than `min_digits`, they replace as many of the last.
[[nodiscard]] std::string heard_number(std::string_view text, std::size_t min_digits);

/// What a caller means who answers the read-back of `previous` with `heard`, as in "no, five five six": as many digits as a
/// group that was read back mend the group that they are nearest to; others are the whole number. Nothing when that is no
/// number of `min_digits` to `max_digits`, or no change.
[[nodiscard]] std::optional<std::string> corrected_number(std::string_view previous, std::string_view heard, std::size_t min_digits,
                                                          std::size_t max_digits);

/// Ways to say a number, for the recogniser's language model: every digit after every two others, exactly once, so that no
/// number is likelier than another; with double, triple, hundred and the usual openings.
[[nodiscard]] std::vector<std::string> number_phrases();
/// Ways to correct a number: "no it's" and digits.
[[nodiscard]] std::vector<std::string> correction_phrases();

}  // namespace offhook::inline v0::agent::embedded

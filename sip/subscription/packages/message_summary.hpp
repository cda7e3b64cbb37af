#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/subscription/packages/package_error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::packages {

inline constexpr std::string_view kMessageSummaryType = "application/simple-message-summary";
inline constexpr std::size_t kMaxSummaryLines = 64;  ///< lines before the header fields of single messages; the parser does not read those

/// The document application/simple-message-summary: RFC 3842 section 5.2.
struct MessageSummary {
  struct Count {
    std::string context;  ///< in lower case, for example "voice-message"
    std::uint32_t fresh = 0, old = 0;
    std::optional<std::uint32_t> urgent_fresh{}, urgent_old{};
    friend bool operator==(const Count&, const Count&) = default;
  };
  bool waiting = false;
  std::string account{};  ///< URI to call for the messages; may be empty
  std::vector<Count> counts{};
  friend bool operator==(const MessageSummary&, const MessageSummary&) = default;
};

/// Parses a body. Errors: TooLarge, TooMany, Malformed (a line without a name), MissingValue (no Messages-Waiting), BadValue.
/// Skips lines with unknown names.
[[nodiscard]] base::Result<MessageSummary, PackageError> parse_message_summary(std::string_view body);
[[nodiscard]] std::string write_message_summary(const MessageSummary& summary);

}  // namespace offhook::inline v0::sip::packages

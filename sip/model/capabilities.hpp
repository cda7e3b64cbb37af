#pragma once

#include <offhook/sip/message/header_fields.hpp>
#include <offhook/sip/message/writer.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The capabilities that we always advertise: RFC 3261 sections 20.1 and 20.5. The owner can enable more (Capabilities).
inline constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY, REFER, INFO";
inline constexpr std::string_view kSupported = "100rel, timer, replaces, norefersub, from-change";
inline constexpr std::string_view kAccept = "application/sdp";
/// Info package and option tag of trickle ICE: RFC 8840 sections 10.4 and 10.6. In calls that accept the package, Supported has the tag.
inline constexpr std::string_view kTrickleIce = "trickle-ice";
/// Retry-After, in seconds, of a response that refuses a request because one of our limits is reached.
inline constexpr std::string_view kRetryAfter = "5";

/// Our capabilities, including those that the owner has enabled.
class Capabilities {
 public:
  /// `packages` is the value of Allow-Events, such as "dialog, presence"; "" means that SUBSCRIBE is not allowed. `message`: true
  /// if MESSAGE is allowed.
  Capabilities(std::string packages, bool message);
  [[nodiscard]] const std::string& allow() const { return allow_; }
  /// Returns the packages to which peers may subscribe: RFC 6665 section 4.4.4. Returns "" if there are no such packages.
  [[nodiscard]] const std::string& allow_events() const { return allow_events_; }
  /// Returns true for an enabled method that is not in kAllow.
  [[nodiscard]] bool takes(Method method) const;

 private:
  std::string allow_, allow_events_;
  bool subscribe_, message_;
};

/// Returns true if a list of media types, with or without parameters and wildcards, includes `type`.
[[nodiscard]] bool lists_type(std::string_view list, std::string_view type);
/// Returns true if a line of the message's Accept includes `type`. Returns false if the message has no Accept.
[[nodiscard]] bool accepts_type(const Message& message, std::string_view type);

/// Appends header fields from the phone layer. Skips names that are not tokens, and fields that the stack writes itself, so that
/// the layer above cannot forge a route or a tag.
void write_headers(Writer& writer, const HeaderList& headers);
/// Returns true if `name` is a token and no field of this name is written by the stack itself.
[[nodiscard]] bool is_settable(std::string_view name);
/// Appends header fields from a part of the stack.
void write_own(Writer& writer, const HeaderList& headers);
/// Returns true for an option tag of kSupported.
[[nodiscard]] bool is_supported(std::string_view option_tag);
/// Returns a display name as a quoted string: RFC 3261 section 25.1.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace offhook::inline v0::sip

#pragma once

#include <offhook/sip/message/writer.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// What we tell others that we can do, whatever the owner has enabled: RFC 3261 sections 20.1 and 20.5.
inline constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, NOTIFY, REFER, INFO";
inline constexpr std::string_view kSupported = "100rel, timer, replaces, norefersub, from-change";
inline constexpr std::string_view kAccept = "application/sdp";
/// What a peer over one of our limits is asked to wait, seconds.
inline constexpr std::string_view kRetryAfter = "5";

/// What we can do with what the owner has enabled.
class Capabilities {
 public:
  explicit Capabilities(const StackOptions& options);
  [[nodiscard]] const std::string& allow() const { return allow_; }
  /// The packages that others may subscribe to: RFC 6665 section 4.4.4. "" for none.
  [[nodiscard]] const std::string& allow_events() const { return allow_events_; }
  /// Beyond kAllow.
  [[nodiscard]] bool takes(Method method) const;

 private:
  std::string allow_, allow_events_;
  bool subscribe_, message_;
};

/// True when a list of media types, with or without parameters and wildcards, has room for this one.
[[nodiscard]] bool lists_type(std::string_view list, std::string_view type);
/// Of all lines of Accept; false when there is none.
[[nodiscard]] bool accepts_type(const Message& message, std::string_view type);

/// Appends header fields that the phone gave us. Names that are no token, and fields that the stack writes itself, are left
/// out: nobody above may forge a route or a tag.
void write_headers(Writer& writer, const HeaderList& headers);
/// A token, and none of those that the stack writes itself.
[[nodiscard]] bool is_settable(std::string_view name);
/// Appends header fields that a part of the stack made.
void write_own(Writer& writer, const HeaderList& headers);
/// An option tag of kSupported.
[[nodiscard]] bool is_supported(std::string_view option_tag);
/// A display name as a quoted string: RFC 3261 section 25.1.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace offhook::inline v0::sip

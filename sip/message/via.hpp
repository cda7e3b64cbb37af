#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/params.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// One Via value (RFC 3261 section 20.42). Views borrow from the parsed text.
struct Via {
  std::string_view transport;  ///< as sent, for example "UDP"; may be a transport that we do not support
  std::string_view host;       ///< sent-by; IPv6 includes its brackets
  std::optional<std::uint16_t> port;
  Params params;

  [[nodiscard]] std::string_view branch() const { return params.find("branch").value_or(""); }
  [[nodiscard]] bool has_rfc3261_branch() const;
};

/// Returns true if the branch has the magic cookie, which marks it as unique: RFC 3261 section 8.1.1.7.
[[nodiscard]] inline bool is_rfc3261_branch(std::string_view branch) { return branch.starts_with("z9hG4bK") && branch.size() > 7; }

inline bool Via::has_rfc3261_branch() const { return is_rfc3261_branch(branch()); }

/// Takes the first Via off a comma-separated list; `rest` then starts at the next one. Errors: BadVia, BadHost, BadNumber,
/// BadParameter.
[[nodiscard]] base::Result<Via, ParseError> take_via(std::string_view& rest);

}  // namespace offhook::inline v0::sip

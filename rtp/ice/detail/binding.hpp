#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/credentials.hpp>
#include <offhook/rtp/ice/detail/role.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Reads and writes the Binding messages of ICE: RFC 8445 sections 7.1 to 7.3. The messages have short-term credentials (RFC 8489 section 9.1) and a
/// fingerprint.
namespace offhook::inline v0::rtp {

using IceOctets = std::vector<std::uint8_t>;

/// The two username fragments in USERNAME, in their order there: the receiver's, then the sender's (RFC 8445 section 7.2.2). Both borrow from the message.
struct IceUsername {
  std::string_view receiver, sender;
};
/// Returns nullopt if USERNAME has no colon.
[[nodiscard]] std::optional<IceUsername> username_of(const StunMessage& request);

/// A check of the peer, after its integrity was verified.
struct IceRequest {
  std::uint32_t priority = 0;
  bool use_candidate = false;
  std::optional<IceClaim> claim;   ///< nullopt if the request has neither ICE-CONTROLLING nor ICE-CONTROLLED
};

/// An error response to a check.
struct IceRefusal {
  int code = 400;
  bool is_signed = true;                      ///< false before the request's integrity was verified: RFC 8489 section 9.1.3
  std::vector<std::uint16_t> unknown{};       ///< the attribute types that a 420 lists
};

/// Verifies a Binding request for this side. Refuses it with 400 if it lacks USERNAME, integrity or a valid PRIORITY, with 401 if its username or integrity is
/// wrong, and with 420 if it has unknown attributes that a receiver must understand.
[[nodiscard]] base::Result<IceRequest, IceRefusal> verify_request(const StunMessage& request, const IceCredentials& ours);

/// A check of this side.
struct IceCheck {
  StunId id{};
  std::uint32_t priority = 0;
  IceClaim claim;
  bool use_candidate = false;
};
[[nodiscard]] IceOctets write_check(const IceCheck& check, const IceCredentials& ours, const IceCredentials& theirs);
/// Writes the success response to a request that came from `from`.
[[nodiscard]] IceOctets write_success(const StunId& id, const base::SocketAddress& from, const IceCredentials& ours);
/// `ours` may be nullptr if the refusal is not signed.
[[nodiscard]] IceOctets write_refusal(const StunId& id, const IceRefusal& refusal, const IceCredentials* ours);
/// Writes an indication, which has no answer: RFC 8445 section 11.
[[nodiscard]] IceOctets write_keepalive(const StunId& id);

}  // namespace offhook::inline v0::rtp

#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/session.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

enum class CandidateType : std::uint8_t { Host, ServerReflexive, PeerReflexive, Relayed, Other };

/// The value of one a=candidate line: RFC 8839 section 5.1.
///
///     a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998
///                 | |  |      |         host    port      type      related address and port
///        foundation |  |   priority
///           component  transport
struct CandidateLine {
  static constexpr std::size_t kMaxFoundation = 32;
  static constexpr std::uint16_t kMaxComponent = 256;
  static constexpr std::uint32_t kMaxPriority = 0x7fffffff;

  std::string foundation;
  std::uint16_t component = 1;                   ///< 1..kMaxComponent
  std::string transport = "UDP";                 ///< any token; ICE uses only UDP
  std::uint32_t priority = 1;                    ///< 1..kMaxPriority
  std::string host;                              ///< an address, or a name (for example of mDNS)
  std::uint16_t port = 0;
  CandidateType type = CandidateType::Host;
  std::optional<base::SocketAddress> related{};  ///< nullopt if absent, or if it is a name

  /// Returns the address for checks. Returns nullopt for a candidate that ICE ignores, because its host is a name (RFC 8839 section 5.1), its transport is not
  /// UDP, or its type is unknown.
  [[nodiscard]] std::optional<base::SocketAddress> address() const;
  friend bool operator==(const CandidateLine&, const CandidateLine&) = default;
};

/// One entry of a=remote-candidates: RFC 8839 section 5.2.
struct RemoteCandidate {
  std::uint16_t component = 1;
  base::SocketAddress address;
  friend bool operator==(const RemoteCandidate&, const RemoteCandidate&) = default;
};

/// The ICE attributes of one section.
struct IceDescription {
  static constexpr std::size_t kMaxOptions = 16, kMaxRemoteCandidates = 16;   ///< read_ice() ignores further entries

  std::string ufrag;                             ///< 4 to 256 characters
  std::string password;                          ///< 22 to 256 characters; a secret: never log it
  bool lite = false;
  std::vector<std::string> options{};            ///< such as ice2 and trickle
  std::optional<std::uint32_t> pacing_ms{};      ///< nullopt: 50 ms
  std::vector<CandidateLine> candidates{};       ///< kMaxCandidateLines at most
  bool end_of_candidates = false;                ///< RFC 8840 section 8
  bool mismatch = false;                         ///< a=ice-mismatch: the peer does not use ICE, because a gateway altered our addresses (RFC 8839 section 5.3)
  std::vector<RemoteCandidate> remote_candidates{};

  [[nodiscard]] bool has_option(std::string_view name) const;
  friend bool operator==(const IceDescription&, const IceDescription&) = default;
};

enum class IceLineError : std::uint8_t {
  Malformed,        ///< a part is missing
  BadFoundation,    ///< more than kMaxFoundation characters, or a character that is not allowed
  BadComponent,
  BadPriority,
  BadPort,
  NoIce,            ///< neither a=ice-ufrag nor a=ice-pwd
  BadCredentials,   ///< a=ice-ufrag or a=ice-pwd is missing or malformed: RFC 8839 section 5.4
};
[[nodiscard]] std::string_view to_string(IceLineError error);

/// Parses the value of a=candidate. Ignores extensions, and accepts a reflexive candidate without a related address. Errors: the first five.
[[nodiscard]] base::Result<CandidateLine, IceLineError> parse_candidate_line(std::string_view value);
[[nodiscard]] std::string write_candidate_line(const CandidateLine& line);

/// Reads the peer's ICE attributes for this section. Ignores malformed candidates, and candidates after the first kMaxCandidateLines. Errors: NoIce,
/// BadCredentials.
[[nodiscard]] base::Result<IceDescription, IceLineError> read_ice(const Session& remote, const Media& stream);
/// Writes our ICE attributes into a section, but the attributes that apply to all sections into the session.
void write_ice(const IceDescription& ours, Session& session, Media& stream);

/// Returns true if the default destination of a component is not among the candidates, which shows that a gateway has altered it: RFC 8839 section 4.2.5. A
/// host name or an address of zero is not a mismatch, and neither is port 9 of a peer that trickles (RFC 8840 section 4.1.2).
[[nodiscard]] bool is_ice_mismatch(const IceDescription& peer, const Session& remote, const Media& stream);
/// Adds the default destination of each component as a candidate of the lowest priority, unless it is a candidate already: RFC 8839 section 4.2.5, exception 1.
void add_default_candidates(IceDescription& peer, const Session& remote, const Media& stream);

}  // namespace offhook::inline v0::sdp

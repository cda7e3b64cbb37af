#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/auth/challenge_options.hpp>
#include <offhook/sip/registration/stale_binding.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// One identity at one registrar.
struct AccountOptions {
  std::string address_of_record;     ///< for example "sip:6001@pbx.example"
  /// Request-URI of REGISTER, and next hop of calls: "sip:pbx.example[:port][;transport=tcp]". "": the domain of the address of
  /// record.
  std::string registrar;
  std::string display_name;
  std::string username;              ///< for digest; usually the extension
  std::string password;
  ChallengeOptions challenges{};     ///< selects the challenges that the password answers
  std::chrono::seconds expires{300};
  std::chrono::seconds refresh_within{0};  ///< as registration::Options::refresh_within
  registration::StaleBinding stale_binding = registration::StaleBinding::Kept;
  bool registers = true;             ///< false: an identity for calls only
  /// For an account that does not register: the servers of its trunk. The account accepts their calls whatever user they name,
  /// answers their challenges, and trusts their assertions, as it does for a registrar. At most kMaxTrunkAddresses; further
  /// addresses are ignored.
  std::vector<base::IpAddress> trunk_addresses{};
  static constexpr std::size_t kMaxTrunkAddresses = 16;
  enum class AcceptFrom : std::uint8_t {
    /// The address to which a REGISTER was sent, and after a response all addresses of the registrar's name. Other sources get
    /// 403. Before any REGISTER was sent, the stack knows no source: it then refuses with 480.
    Registrar,
    Anyone,
  };
  /// Selects the peers whose calls the account accepts. An account that neither registers nor names a trunk accepts calls from
  /// any peer.
  AcceptFrom accept_from = AcceptFrom::Registrar;
  SessionTimerOptions session_timer{};  ///< for its calls
  /// True: accept NOTIFYs about waiting messages without a subscription, which Asterisk sends to registered phones. The account
  /// accepts them from the registrar only (UnsolicitedNotify).
  bool takes_unsolicited_waiting = false;
  Reliability reliability = Reliability::Supported;  ///< 100rel in its calls
  std::vector<std::string> info_packages{};          ///< packages accepted in its calls (RFC 6086); others get 469
  /// Peers besides the registrar whose P-Asserted-Identity is trusted: trunks, session border controllers. RFC 3325 section 5
  std::vector<base::IpAddress> trusted_peers{};
  bool keep_alive = true;            ///< send pings to the registrar, for a NAT on the path: RFC 5626 section 3.5.1
  /// Server that requests outside dialogs pass first, including REGISTER: "sip:proxy.example[:port][;transport=tcp]".
  std::string outbound_proxy{};
  /// Further servers of the same registrar, in order. A request that fails at one server goes to the next one. At most
  /// OutboundRoute::kMaxSecondaries.
  std::vector<std::string> secondaries{};
  /// Server to use instead of the registrar's own, in the format of `registrar`. REGISTER and calls go there, with unchanged
  /// names. Accounts with the same address of record and different servers register at all of them at once. "": the registrar's
  /// own servers.
  std::string server{};
  /// "urn:uuid:...", unchanged after a restart. The registrar then recognises this device, and may give it a GRUU (RFC 5627).
  std::string instance{};
  /// 1, 2, ... for each flow of this instance. Accounts with the same instance and different outbound proxies register at several
  /// servers at once (RFC 5626). 0: no reg-id. A reg-id needs `instance`.
  std::uint32_t reg_id = 0;
  struct Push {                      ///< RFC 8599: the data that the registrar needs to send push notifications; if provider is "", it sends none
    std::string provider, prid, param;
  };
  Push push{};
};

}  // namespace offhook::inline v0::sip

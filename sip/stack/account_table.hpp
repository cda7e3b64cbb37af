#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/registration/keep_alive.hpp>
#include <offhook/sip/registration/registration.hpp>
#include <offhook/sip/stack/account_index.hpp>
#include <offhook/sip/stack/account_options.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outcomes.hpp>
#include <offhook/sip/stack/outbound_route.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// Returns the account's user name and password, and the realms for which they are valid.
[[nodiscard]] Credentials credentials_of(const AccountOptions& options);

/// Our accounts: their registrations and credentials, and the choice of the account for a request.
class AccountTable {
 public:
  static constexpr std::size_t kMaxRegistrarAddresses = 16;  ///< per account; beyond it, the account forgets the address that was
                                                             ///< not seen for the longest time

  struct Shared {  ///< parts of the stack, which must outlive this object
    base::Random& random;
    Outbox& outbox;
    ClientRequests& clients;
    Outcomes& outcomes;
    StackCounters& counters;
    std::uint64_t first_id;
  };

  explicit AccountTable(Shared shared);
  ~AccountTable();

  // For the operations of the layer above (Accounts).
  struct Account;
  [[nodiscard]] const Shared& parts() const { return shared_; }
  [[nodiscard]] Account* find(AccountId id) const;
  Account& insert(AccountOptions options);
  /// Call this when the account is removed: new requests do not use it any more.
  void close(Account& account);
  void carry_out(Account& account, registration::Actions actions, base::TimePoint now);
  /// Deletes a closed account at the next collect(), if it has no call, subscription, request or registration left.
  void let_go(const Account& account);

  /// Call hold() when a call, subscription or request of this account begins, and release() when it ends. A removed account stays
  /// until the last one ends.
  void hold(std::optional<AccountId> id);
  void release(std::optional<AccountId> id);
  /// Deletes the accounts that let_go() has found.
  void collect();

  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_pong(const Flow& flow, base::TimePoint now);
  [[nodiscard]] bool uses(const Flow& flow) const;
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  /// Returns true if no account was ever added, in which case requests from any source are accepted. Stays false after the last
  /// account was removed.
  [[nodiscard]] bool never_any() const { return last_id_ == shared_.first_id; }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }
  [[nodiscard]] const AccountOptions* options(AccountId id) const;
  /// Returns the options for a new call or request of the account. Returns null if the account is unknown or is being removed.
  [[nodiscard]] const AccountOptions* open_options(AccountId id) const;
  /// Returns the account whose user the Request-URI names; if there are several, the one whose registrar sent the request. A
  /// request from a trunk address belongs to the trunk's account.
  [[nodiscard]] std::optional<AccountId> named_by(std::string_view request_uri, const base::IpAddress& source) const;
  /// Returns true for an address of the account's registrar: a REGISTER to one of the registrar's addresses got a response, or
  /// this address challenged a request that went to the registrar. Also returns true for a trunk address of the account.
  [[nodiscard]] bool is_registrar(AccountId id, const base::IpAddress& address) const;
  /// Returns true if the account trusts a P-Asserted-Identity from that address, which is its registrar's or one of
  /// AccountOptions::trusted_peers: RFC 3325 section 5.
  [[nodiscard]] bool is_trusted(AccountId id, const base::IpAddress& address) const;
  [[nodiscard]] bool is_trusted_by_any(const base::IpAddress& address) const;
  void learn_registrar(AccountId id, const base::IpAddress& address);
  /// Returns true if the account accepts an INVITE from that address: AccountOptions::accept_from.
  [[nodiscard]] bool accepts(AccountId id, const base::IpAddress& source) const;
  /// Returns true if the address is the registrar of any account.
  [[nodiscard]] bool is_any_registrar(const base::IpAddress& source) const;
  /// Returns true if the address is the registrar of any account, or if every account accepts calls from any source.
  [[nodiscard]] bool knows(const base::IpAddress& source) const;
  /// Returns true if some account accepts calls only from its servers, but no REGISTER was sent yet and there is no trunk.
  [[nodiscard]] bool knows_nobody_yet() const;

  /// Returns true if a challenge may be answered with the account's password (ChallengeOptions). The account must have a
  /// password. The challenge must come from a server of the account and be at least as strong as the registrar's challenges. The
  /// request must not be within a dialog that the peer opened: that peer could otherwise collect digests of our password.
  [[nodiscard]] bool may_answer(AccountId id, const Outgoing& request, const base::IpAddress& from, const Message& challenge) const;

  /// Returns the Contact of a REGISTER that leaves by this flow. From this call on, the server at the other end may call us, because
  /// it may still have our binding from before a restart. It counts as registrar (for trust and challenges) only after a response.
  [[nodiscard]] std::string register_contact(AccountId id, const Flow& flow);
  /// Returns the URI by which the peer of that flow reaches us, for any account: RFC 3261 section 8.1.1.8.
  [[nodiscard]] std::string own_uri(std::string_view user, const Flow& flow) const;
  /// Returns the Contact for calls: the GRUU if we have one; otherwise the registered Contact if the peer is the registrar;
  /// otherwise the flow's own address.
  enum class As : std::uint8_t { Named, Anonymous };
  [[nodiscard]] std::string contact(AccountId id, const Flow& flow, As as = As::Named) const;
  /// Returns the route for requests: the outbound proxy, then the registrar's Service-Route (RFC 3608 section 6.1).
  [[nodiscard]] OutboundRoute outbound_route(AccountId id) const;
  [[nodiscard]] bool is_consistent() const;

 private:
  static void learn_service(Account& account, const Message& response);
  /// Returns true if another flow of the same instance is registered: RFC 5626 section 4.5.
  [[nodiscard]] bool others_hold(const Account& account) const;
  void tend(Account& account, base::TimePoint now);
  void send_register(Account& account, registration::SendRegister request, base::TimePoint now);

  [[nodiscard]] bool was_asked(AccountId id, const base::IpAddress& address) const;
  [[nodiscard]] const std::string& host_for(const Flow& flow) const;

  Shared shared_;
  bool any_known_ = false;  // A REGISTER was sent, or an account has a trunk.
  mutable std::string nowhere_;  // The .invalid host of host_for(); generated on first use.
  std::uint64_t last_id_;
  std::map<AccountId, std::unique_ptr<Account>> accounts_;
  std::vector<AccountId> gone_;  // The accounts that collect() deletes.
  AccountIndex index_;
  Deadlines<AccountId> deadlines_;
};

}  // namespace offhook::inline v0::sip

#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/registration/keep_alive.hpp>
#include <offhook/sip/registration/registration.hpp>
#include <offhook/sip/stack/account_index.hpp>
#include <offhook/sip/stack/client_requests.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/stack/way_out.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// The account's user name and password, for the realms that it names.
[[nodiscard]] Credentials credentials_of(const AccountOptions& options);

/// Our identities: their registrations, their credentials, and which of them a request is for.
class Accounts {
 public:
  static constexpr std::size_t kMaxRegistrarAddresses = 16;  ///< Of one account; the one not seen for longest is forgotten.

  struct Shared {  ///< Parts of the stack, which outlive this.
    base::Random& random;
    Outbox& outbox;
    ClientRequests& clients;
    StackCounters& counters;
    std::uint64_t first_id;
  };

  explicit Accounts(Shared shared);
  ~Accounts();

  AccountId add(AccountOptions options, base::TimePoint now);
  void unregister(AccountId id, base::TimePoint now);
  /// As Stack::remove_account().
  void remove(AccountId id, base::TimePoint now);
  /// A call, subscription or request of this account begins, and ends: as long as there is one, a removed account stays.
  void hold(std::optional<AccountId> id);
  void release(std::optional<AccountId> id);
  /// Lets go of accounts that were removed and have nothing left.
  void collect();
  void refresh(AccountId id, base::TimePoint now);

  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_pong(const Flow& flow, base::TimePoint now);
  [[nodiscard]] bool uses(const Flow& flow) const;
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  /// None was ever added: then whoever sends requests is welcome. Not so once the last was removed.
  [[nodiscard]] bool never_any() const { return last_id_ == shared_.first_id; }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }
  [[nodiscard]] const AccountOptions* options(AccountId id) const;
  /// Of an account that is not about to be removed: what begins anew needs one.
  [[nodiscard]] const AccountOptions* open_options(AccountId id) const;
  /// The account whose user the Request-URI names; of several, the one whose registrar sent it. Whatever a trunk names is its account's.
  [[nodiscard]] std::optional<AccountId> named_by(std::string_view request_uri, const base::IpAddress& source) const;
  /// True when REGISTER or calls of this account went to that address, or it is one of its trunk.
  [[nodiscard]] bool is_registrar(AccountId id, const base::IpAddress& address) const;
  /// Whose P-Asserted-Identity is believed: the registrar, and AccountOptions::trusted_peers. RFC 3325 section 5
  [[nodiscard]] bool is_trusted(AccountId id, const base::IpAddress& address) const;
  [[nodiscard]] bool is_trusted_by_any(const base::IpAddress& address) const;
  void learn_registrar(AccountId id, const base::IpAddress& address);
  /// Whether an INVITE from there may be for this account: AccountOptions::accept_from.
  [[nodiscard]] bool accepts(AccountId id, const base::IpAddress& source) const;
  /// True when that is some account's registrar.
  [[nodiscard]] bool is_any_registrar(const base::IpAddress& source) const;
  /// The same, or no account minds who calls.
  [[nodiscard]] bool knows(const base::IpAddress& source) const;
  /// Some account minds, and no REGISTER has left for anybody who could be known, nor is there a trunk.
  [[nodiscard]] bool knows_nobody_yet() const;

  /// The one rule for which challenges are answered with the account's password (ChallengeOptions): it has one, the challenge came
  /// from a server of its own, is as strong as what the registrar asks for, and is for no request within a dialog that the peer opened.
  /// A peer that we talk with through our registrar could otherwise collect digests of our password.
  [[nodiscard]] bool may_answer(AccountId id, const Outgoing& request, const base::IpAddress& from, const Message& challenge) const;

  /// Contact of a REGISTER that leaves by this flow, whose other end may call from now on: after a restart of ours the PBX still
  /// knows us. It is believed and answered as a registrar once it has answered.
  [[nodiscard]] std::string register_contact(AccountId id, const Flow& flow);
  /// Where the peer of that flow reaches us, whatever the account: RFC 3261 section 8.1.1.8.
  [[nodiscard]] std::string own_uri(std::string_view user, const Flow& flow) const;
  /// Contact within calls: as registered when the peer is the registrar, else the flow's own address; a GRUU where we have one.
  enum class As : std::uint8_t { Named, Anonymous };
  [[nodiscard]] std::string contact(AccountId id, const Flow& flow, As as = As::Named) const;
  /// By the outbound proxy, then by what the registrar's Service-Route says (RFC 3608 section 6.1).
  [[nodiscard]] WayOut way_out(AccountId id) const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Account;
  static void learn_service(Account& account, const Message& response);
  [[nodiscard]] Account* find(AccountId id) const;
  void carry_out(Account& account, registration::Actions actions, base::TimePoint now);
  /// Another flow of the same instance is registered: RFC 5626 section 4.5.
  [[nodiscard]] bool others_hold(const Account& account) const;
  void tend(Account& account, base::TimePoint now);
  void let_go(const Account& account);
  void send_register(Account& account, registration::SendRegister request, base::TimePoint now);

  [[nodiscard]] bool was_asked(AccountId id, const base::IpAddress& address) const;
  [[nodiscard]] const std::string& host_for(const Flow& flow) const;

  Shared shared_;
  bool any_known_ = false;  // Some REGISTER has left, or an account has a trunk.
  mutable std::string nowhere_;  // Drawn when it is needed first.
  std::uint64_t last_id_;
  std::map<AccountId, std::unique_ptr<Account>> accounts_;
  std::vector<AccountId> gone_;  // Removed, and nothing is left of them.
  AccountIndex index_;
  Deadlines<AccountId> deadlines_;
};

}  // namespace offhook::inline v0::sip

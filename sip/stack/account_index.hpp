#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/model/events.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// Indexes the accounts for each received request: by user part, and by registrar address. With ten thousand accounts, no request
/// has to look at all of them.
class AccountIndex {
 public:
  /// Adds an account. `closed`: it accepts calls from its registrar only.
  void add(AccountId id, std::string_view user, std::string_view username, bool closed) {
    by_user_[std::string(user)].push_back(id);
    if (username != user) by_user_[std::string(username)].push_back(id);
    if (closed) ++closed_;
  }
  /// Removes an account. Takes the same arguments as add().
  void remove(AccountId id, std::string_view user, std::string_view username, bool closed) {
    forget(id, user);
    if (username != user) forget(id, username);
    if (closed) --closed_;
  }
  void add_trunk(AccountId id, const base::IpAddress& address) {
    trunks_[address].push_back(id);
    add_registrar(address);
  }
  void remove_trunk(AccountId id, const base::IpAddress& address) {
    const auto at = trunks_.find(address);
    if (at == trunks_.end() || std::erase(at->second, id) == 0) return;
    if (at->second.empty()) trunks_.erase(at);
    remove_registrar(address);
  }
  void add_registrar(const base::IpAddress& address) { ++registrars_[address]; }
  void remove_registrar(const base::IpAddress& address) {
    const auto at = registrars_.find(address);
    if (at != registrars_.end() && --at->second == 0) registrars_.erase(at);
  }

  /// Returns the accounts with that user, in the order in which they were added.
  [[nodiscard]] const std::vector<AccountId>& named(std::string_view user) const {
    static const std::vector<AccountId> nobody;
    const auto at = by_user_.find(user);
    return at == by_user_.end() ? nobody : at->second;
  }
  /// Returns the account whose trunk has this address; the first added if there are several.
  [[nodiscard]] std::optional<AccountId> with_trunk(const base::IpAddress& address) const {
    const auto at = trunks_.find(address);
    return at == trunks_.end() ? std::nullopt : std::optional(at->second.front());
  }
  [[nodiscard]] bool is_registrar(const base::IpAddress& address) const { return registrars_.contains(address); }
  [[nodiscard]] bool any_closed() const { return closed_ > 0; }

 private:
  void forget(AccountId id, std::string_view user) {
    const auto at = by_user_.find(user);
    if (at == by_user_.end()) return;
    std::erase(at->second, id);
    if (at->second.empty()) by_user_.erase(at);
  }

  std::map<std::string, std::vector<AccountId>, std::less<>> by_user_;
  std::map<base::IpAddress, std::size_t> registrars_;  // Number of accounts per registrar address.
  std::map<base::IpAddress, std::vector<AccountId>> trunks_;
  std::size_t closed_ = 0;
};

}  // namespace offhook::inline v0::sip

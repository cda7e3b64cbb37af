#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/stack/events.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// What is asked of all accounts for each request that comes: whom a user part means, and whether an address is a registrar's. Of
/// ten thousand accounts none is looked at for that.
class AccountIndex {
 public:
  /// `closed`: its calls come from its registrar alone.
  void add(AccountId id, std::string_view user, std::string_view username, bool closed) {
    by_user_[std::string(user)].push_back(id);
    if (username != user) by_user_[std::string(username)].push_back(id);
    if (closed) ++closed_;
  }
  void add_registrar(const base::IpAddress& address) { ++registrars_[address]; }
  void remove_registrar(const base::IpAddress& address) {
    const auto at = registrars_.find(address);
    if (at != registrars_.end() && --at->second == 0) registrars_.erase(at);
  }

  /// In the order in which they were added.
  [[nodiscard]] const std::vector<AccountId>& named(std::string_view user) const {
    static const std::vector<AccountId> nobody;
    const auto at = by_user_.find(user);
    return at == by_user_.end() ? nobody : at->second;
  }
  [[nodiscard]] bool is_registrar(const base::IpAddress& address) const { return registrars_.contains(address); }
  [[nodiscard]] bool any_closed() const { return closed_ > 0; }

 private:
  std::map<std::string, std::vector<AccountId>, std::less<>> by_user_;
  std::map<base::IpAddress, std::size_t> registrars_;  // Of how many accounts.
  std::size_t closed_ = 0;
};

}  // namespace offhook::inline v0::sip

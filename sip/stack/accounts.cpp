#include <offhook/sip/stack/accounts.hpp>

#include <offhook/sip/stack/account.hpp>
#include <offhook/sip/stack/registering.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Sorts the trunk addresses and applies their bound. Clears them for an account that registers: only its registrar counts.
void limit_trunk(AccountOptions& options) {
  auto& trunk = options.trunk_addresses;
  if (options.registers) trunk.clear();
  std::sort(trunk.begin(), trunk.end());
  trunk.erase(std::unique(trunk.begin(), trunk.end()), trunk.end());
  if (trunk.size() > AccountOptions::kMaxTrunkAddresses) trunk.resize(AccountOptions::kMaxTrunkAddresses);
}

/// Sends the first REGISTER, or reports that these options allow no REGISTER.
void begin_registration(AccountTable& table, AccountTable::Account& account, base::TimePoint now) {
  const AccountTable::Shared& parts = table.parts();
  if (!can_register(account.options)) {
    auto event = changed(account, RegistrationChanged::State::Failed);
    event.why = RegistrationChanged::Why::Unresolvable;
    event.reason = "the address of record, the registrar or another server is not a SIP URI that we can send to, or the instance is not a URN";
    return parts.outbox.events.push_back(std::move(event));
  }
  account.registration.emplace(registration_options(account.options, account.user), account.digest, parts.random);
  parts.outbox.events.push_back(changed(account, RegistrationChanged::State::Registering));
  registration::Actions actions;
  account.registration->start(now, actions);
  table.carry_out(account, std::move(actions), now);
}

void end_registration(AccountTable& table, AccountTable::Account& account, base::TimePoint now) {
  if (!account.registration) {
    table.parts().outbox.events.push_back(changed(account, RegistrationChanged::State::Unregistered));
    return table.let_go(account);
  }
  registration::Actions actions;
  account.registration->stop(now, actions);
  table.carry_out(account, std::move(actions), now);
}

}  // namespace

AccountId Accounts::add(AccountOptions options, base::TimePoint now) {
  if (options.registers && options.registrar.empty()) options.registrar = domain_of(options.address_of_record);
  limit_trunk(options);
  AccountTable::Account& account = table_.insert(std::move(options));
  const AccountId id = account.id;
  if (account.options.registers) begin_registration(table_, account, now);
  table_.parts().outcomes.deliver(now);
  return id;
}

void Accounts::unregister(AccountId id, base::TimePoint now) {
  AccountTable::Account* account = table_.find(id);
  if (account == nullptr) return;
  end_registration(table_, *account, now);
  table_.parts().outcomes.deliver(now);
}

void Accounts::refresh(AccountId id, base::TimePoint now) {
  AccountTable::Account* account = table_.find(id);
  if (account == nullptr || account->removed || !account->registration) return;
  registration::Actions actions;
  account->registration->refresh(actions);
  table_.carry_out(*account, std::move(actions), now);
  table_.parts().outcomes.deliver(now);
}

void Accounts::remove(AccountId id, base::TimePoint now) {
  AccountTable::Account* account = table_.find(id);
  if (account == nullptr || account->removed) return;
  table_.close(*account);
  end_registration(table_, *account, now);
  table_.parts().outcomes.deliver(now);
}

std::size_t Accounts::size() const { return table_.size(); }

}  // namespace offhook::inline v0::sip

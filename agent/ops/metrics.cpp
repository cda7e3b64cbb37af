#include <offhook/agent/ops/metrics.hpp>

#include <iterator>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

using Why = sip::RegistrationChanged::Why;

std::string word_for(Why why) {
  switch (why) {
    case Why::None: return "none";
    case Why::WrongCredentials: return "wrong_credentials";
    case Why::Refused: return "refused";
    case Why::NoAnswer: return "no_answer";
    case Why::Unresolvable: return "unresolvable";
    case Why::Unreachable: return "unreachable";
  }
  return "none";
}

}  // namespace

Metrics::Metrics()
    : registration_failures_(
          prometheus::BuildCounter().Name("offhook_registration_failures_total").Help("Registration attempts that failed, by reason.").Register(registry_)) {
  for (const Why why : {Why::WrongCredentials, Why::Refused, Why::NoAnswer, Why::Unresolvable, Why::Unreachable})
    registration_failures_.Add({{"why", word_for(why)}});
}

void Metrics::on_registration_failed(Why why) { registration_failures_.Add({{"why", word_for(why)}}).Increment(); }

std::string Metrics::page(Figures now) const {
  Figures all = registry_.Collect();
  std::move(now.begin(), now.end(), std::back_inserter(all));
  return text_of(std::move(all));
}

}  // namespace offhook::inline v0::agent

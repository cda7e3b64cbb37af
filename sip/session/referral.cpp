#include <offhook/sip/session/referral.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

void Referral::on_refer(transaction::TransactionId request, std::uint32_t cseq, bool reports, std::string referred_by,
                        base::TimePoint now) {
  asked_ = request;
  reports_ = reports;
  accepted_ = false;
  last_ = 100;
  event_ = count_++ == 0 ? "refer" : "refer;id=" + std::to_string(cseq);
  referred_by_ = std::move(referred_by);
  ends_at_ = now + kPatience;
}

std::string Referral::active(base::TimePoint now) const {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(*ends_at_ - now).count();
  return "active;expires=" + std::to_string(left);
}

std::optional<Referral::Accepted> Referral::accept(base::TimePoint now) {
  if (!asked_) return std::nullopt;
  Accepted accepted{*std::exchange(asked_, std::nullopt), std::nullopt};
  accepted_ = true;
  reporting_ = reports_;
  ends_at_.reset();
  if (!reports_) return accepted;
  ends_at_ = now + kLimit;
  accepted.notice = notice(active(now));
  return accepted;
}

std::optional<transaction::TransactionId> Referral::decline() {
  if (!asked_) return std::nullopt;
  const auto request = std::exchange(asked_, std::nullopt);
  stop();
  return request;
}

std::optional<Referral::Notice> Referral::report(int status, base::TimePoint now) {
  if (!accepted_ || status <= last_ || status > 699) return std::nullopt;
  last_ = status;
  const bool tells = reporting_;
  if (status < 200) return tells ? std::optional(notice(active(now))) : std::nullopt;
  stop();
  return tells ? std::optional(notice("terminated;reason=noresource")) : std::nullopt;
}

std::optional<Referral::Notice> Referral::give_up() {
  const bool tells = reporting_;
  stop();
  return tells ? std::optional(notice("terminated;reason=giveup")) : std::nullopt;
}

std::optional<Referral::Notice> Referral::on_subscribe(std::uint32_t expires, base::TimePoint now) {
  if (!reporting_) return std::nullopt;
  if (expires == 0) {
    reporting_ = false;  // The referred call continues: RFC 3515 section 2.4.4
    ends_at_.reset();
    return notice("terminated;reason=timeout");
  }
  ends_at_ = now + std::min<base::Duration>(kLimit, std::chrono::seconds(expires));
  return notice(active(now));
}

void Referral::on_refused() {
  if (!reporting_) return;
  reporting_ = false;
  ends_at_.reset();
}

Referral::Due Referral::on_time(base::TimePoint now) {
  Due due;
  if (!ends_at_ || now < *ends_at_) return due;
  if (asked_) {
    due.declined = decline();
  } else {
    ends_at_.reset();
    reporting_ = false;
    due.notice = notice("terminated;reason=timeout");
  }
  return due;
}

void Referral::stop() {
  asked_.reset();
  accepted_ = reporting_ = false;
  ends_at_.reset();
}

}  // namespace offhook::inline v0::sip::session

#include <offhook/rtp/nat/stun_client.hpp>

#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

/// Returns true for the attributes that servers of RFC 3489 add to every answer. Their numbers are in the range of attributes that a receiver must understand
/// (RFC 3489 section 11.2), but the client can ignore them.
constexpr bool is_of_rfc3489(std::uint16_t attribute) {
  constexpr std::uint16_t kSourceAddress = 0x0004, kChangedAddress = 0x0005, kReflectedFrom = 0x000b;
  return attribute == kSourceAddress || attribute == kChangedAddress || attribute == kReflectedFrom;
}

}  // namespace

std::string_view to_string(StunFailure failure) {
  switch (failure) {
    case StunFailure::NoAnswer: return "the server has not answered";
    case StunFailure::Refused: return "the server has refused the request";
    case StunFailure::BadAnswer: return "the server's answer cannot be used";
    case StunFailure::TooManyRedirects: return "the server redirected the client too often";
  }
  return "unknown";
}

void StunClient::start(base::TimePoint now) { ask(now); }

void StunClient::stop() {
  pending_.reset();
  ask_at_.reset();
}

void StunClient::ask(base::TimePoint now) {
  constexpr std::size_t kFingerprint = 8;
  std::vector<std::uint8_t> request(kStunHeaderOctets + (options_.fingerprint ? kFingerprint : 0));
  const StunId id = random_stun_id(random_);
  StunWriter writer(request, StunMethod::Binding, StunClass::Request, id);
  if (options_.fingerprint) writer.add_fingerprint();
  (void)writer.finish();
  pending_.emplace(std::move(request), StunMethod::Binding, id, options_.transport, options_.timers, now);
  ask_at_.reset();
}

void StunClient::on_message(base::Bytes message, const base::SocketAddress& from, base::TimePoint now) {
  if (!pending_ || from != options_.server) return;
  const auto answer = StunMessage::parse(message);
  if (!answer || !pending_->is_answered_by(*answer)) return;
  pending_.reset();
  if (answer->kind() == StunClass::Success) return on_success(*answer, now);
  on_error(*answer, now);
}

void StunClient::on_success(const StunMessage& answer, base::TimePoint now) {
  const auto unknown = answer.unknown();
  auto address = answer.address(StunAttribute::XorMappedAddress);
  if (!address) address = answer.address(StunAttribute::MappedAddress);
  if (!address || !std::all_of(unknown.begin(), unknown.end(), is_of_rfc3489)) return fail(StunFailure::BadAnswer);
  redirections_.clear();
  if (mapped_ != address) events_.push_back(Mapped{*address, mapped_.has_value()});
  mapped_ = address;
  if (options_.keep_alive > base::Duration::zero()) ask_at_ = now + options_.keep_alive;
}

void StunClient::on_error(const StunMessage& answer, base::TimePoint now) {
  constexpr int kTryAlternate = 300;
  const auto error = answer.error();
  if (!error || answer.has_unknown()) return fail(StunFailure::BadAnswer);
  if (error->code != kTryAlternate) return fail(StunFailure::Refused, error->code, error->reason);
  const auto server = redirections_.follow(answer, options_.server);
  if (!server) {
    const bool names_none = server == base::fail(StunRedirections::Error::NoServer);
    return fail(names_none ? StunFailure::BadAnswer : StunFailure::TooManyRedirects, error->code, error->reason);
  }
  options_.server = *server;
  if (!is_stream(options_.transport)) return ask(now);
  events_.push_back(Redirected{*server, std::string(answer.text(StunAttribute::AlternateDomain))});
}

void StunClient::fail(StunFailure why, int code, std::string_view reason) {
  stop();
  redirections_.clear();
  events_.push_back(Failed{why, code, std::string(reason)});
}

void StunClient::on_time(base::TimePoint now) {
  if (pending_ && !pending_->on_time(now)) fail(StunFailure::NoAnswer);
  if (ask_at_ && *ask_at_ <= now) ask(now);
}

std::optional<base::TimePoint> StunClient::next_deadline() const { return pending_ ? std::optional(pending_->next_deadline()) : ask_at_; }

std::optional<StunClient::Transmit> StunClient::poll_transmit() {
  const auto octets = pending_ ? pending_->poll_transmit() : std::nullopt;
  return octets ? std::optional(Transmit{options_.server, *octets}) : std::nullopt;
}

std::optional<StunClient::Event> StunClient::poll_event() {
  if (events_.empty()) return std::nullopt;
  Event first = std::move(events_.front());
  events_.erase(events_.begin());
  return first;
}

}  // namespace offhook::inline v0::rtp

#include <offhook/sip/session/transfer.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::sip::session {

namespace {

/// Returns the status in a body of type message/sipfrag, such as `SIP/2.0 200 OK`. Returns 0 if there is none.
int status_of(std::string_view fragment) {
  base::TextCursor line(fragment);
  line.skip_spaces();
  if (!line.try_take("SIP/2.0 ")) return 0;
  const auto digits = line.take_while([](char c) { return base::is_digit(c); });
  return digits.size() == 3 ? base::parse_number<int>(digits).value_or(0) : 0;
}

}  // namespace

std::optional<int> Transfer::end(int status) {
  if (!pending()) return std::nullopt;
  stop();
  return status;
}

std::optional<int> Transfer::on_response(const Message& response) {
  if (response.status() >= 300) return end(response.status());
  if (response.status() < 200) return std::nullopt;
  accepted_ = true;
  base::TextCursor value(response.find("Refer-Sub").value_or(""));
  return base::iequals(base::trim(value.take_until(';')), "false") ? end(response.status()) : std::nullopt;
}

std::optional<int> Transfer::on_notify(const Message& notify) {
  accepted_ = true;
  const int status = status_of(notify.body());
  if (status >= 200 && status <= 699) return end(status);
  const auto state = base::trim(notify.find(HeaderName::SubscriptionState).value_or(""));
  base::TextCursor value(state);
  // No further notification will arrive.
  if (base::iequals(base::trim(value.take_until(';')), "terminated")) return end(408);
  return std::nullopt;
}

std::optional<int> Transfer::on_time(base::TimePoint now) {
  if (!give_up_at_ || now < *give_up_at_) return std::nullopt;
  return end(408);
}

bool is_refer_notify(const Message& request) {
  return request.method() == Method::Notify && is_of_refer(request);
}

bool is_of_refer(const Message& request) {
  base::TextCursor value(request.find(HeaderName::Event).value_or(""));
  return base::iequals(base::trim(value.take_until(';')), "refer");
}

}  // namespace offhook::inline v0::sip::session

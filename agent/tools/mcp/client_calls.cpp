#include <offhook/agent/tools/mcp/client.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

constexpr std::string_view kNotAvailable = "The tool is not available at the moment. Nothing was done.";
constexpr std::string_view kTooMany = "The tool is asked by too many at once. Nothing was done.";
constexpr std::string_view kLate = "The tool did not answer in time. Whether it did its work is not known.";
constexpr std::string_view kLost = "The tool's server broke off. Whether the tool did its work is not known.";
constexpr std::int64_t kInvalidParams = -32602;

/// Of what a server writes in its errors nothing is shown.
std::string refusal_words(const NoAnswer& why) {
  if (why.code == kInvalidParams) return "The tool's server does not take this call: check its name and arguments.";
  if (why.code != 0) return "The tool's server refuses the call (" + std::to_string(why.code) + ").";
  return "The tool's server refuses the call.";
}

}  // namespace

void Client::call(CallRequest request, TimePoint now, Actions& out) {
  const std::uint64_t number = request.call;
  if (state_ == State::Closed) {
    out.emplace_back(Answered{number, {false, std::string(kNotAvailable)}});
    return;
  }
  if (calls_.size() >= kMaxCalls || calls_.contains(number)) {
    out.emplace_back(Answered{number, {false, std::string(kTooMany)}});
    return;
  }
  Call& made = calls_[number];
  made.request = std::move(request);
  made.hard_due = now + options_.call_limit;
  if (state_ == State::Open) send_call(made, now, out);
}

void Client::send_call(Call& call, TimePoint now, Actions& out) {
  const Dialect dialect{facts_.modern, options_.identity};
  const std::uint64_t token = last_id_ + 1;  // The id that send() gives it, so that progress finds it.
  const TimePoint due = std::min(now + options_.call_quiet, call.hard_due);
  call.id = send({Request::What::Call, due, call.request.call}, "tools/call",
                 call_params(dialect, call.request.tool, call.request.arguments, token), out, &call);
}

void Client::send_waiting(TimePoint now, Actions& out) {
  for (auto& [number, call] : calls_) {
    if (call.id == 0) send_call(call, now, out);
  }
}

void Client::answer(std::uint64_t call, ToolAnswer answer, Actions& out) {
  if (calls_.erase(call) > 0) out.emplace_back(Answered{call, std::move(answer)});
}

/// Its request is no more.
void Client::on_call_lost(std::uint64_t number, const NoAnswer& why, TimePoint now, Actions& out) {
  Call& call = calls_.at(number);
  if (why.what == NoAnswer::What::SessionGone) {
    call.id = 0;
    if (std::exchange(call.repeated, true)) return answer(number, {false, std::string(kNotAvailable)}, out);
    return renew(now, out);
  }
  if (!why.why.empty()) out.emplace_back(Note{"a call came to nothing: " + why.why});
  if (why.code == kHeaderMismatch) list_again(now);  // The tool wants other headers than it did when it was listed.
  const bool is_refused = why.what == NoAnswer::What::Refused || why.what == NoAnswer::What::Auth;
  answer(number, {false, is_refused ? refusal_words(why) : std::string(kLost)}, out);
}

void Client::abandon(std::uint64_t number, Actions& out) {
  const auto at = calls_.find(number);
  if (at == calls_.end()) return;
  const std::uint64_t id = at->second.id;
  calls_.erase(at);
  if (id != 0) cancel(id, "nobody waits for it any more", out);
}

/// MCP 2025-11-25 basic/utilities/cancellation; over HTTP the modern era has no such message: the stream that is closed is it.
void Client::cancel(std::uint64_t id, std::string_view reason, Actions& out) {
  requests_.erase(id);
  if (!facts_.modern || !options_.over_http) notify("notifications/cancelled", cancelled_params(id, reason), out);
  out.emplace_back(Stop{id});
}

void Client::stop_late_calls(TimePoint now, Actions& out) {
  std::vector<std::uint64_t> late;
  for (const auto& [number, call] : calls_) {
    const auto request = requests_.find(call.id);
    if (now >= call.hard_due || (request != requests_.end() && now >= *request->second.due)) late.push_back(number);
  }
  for (const std::uint64_t number : late) {
    const std::uint64_t id = calls_.at(number).id;
    if (id != 0) cancel(id, "no answer came in time", out);
    answer(number, {false, std::string(id != 0 ? kLate : kNotAvailable)}, out);
  }
}

}  // namespace offhook::inline v0::agent::tools::mcp

#include <offhook/agent/tools/mcp/client.hpp>

#include <offhook/agent/tools/mcp/tool_answer.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

constexpr std::string_view kTooMany = "Too many tool calls wait for this server. Nothing was done.";
constexpr std::string_view kLate = "The tool did not answer in time. Whether it did its work is not known.";
constexpr std::string_view kLost = "The tool's server closed the connection. Whether the tool did its work is not known.";
constexpr std::string_view kFailed = "The tool's server failed. Whether the tool did its work is not known.";
constexpr std::string_view kNoObject = "The arguments are not a JSON object. Nothing was done.";
constexpr std::string_view kChanged = "The tool was changed or removed after this telephone call began, and is not used.";
constexpr std::int64_t kInvalidParams = -32602, kInvalidRequest = -32600, kParseError = -32700;

/// Returns true if the tool certainly did nothing. After a 502 or 504 of a gateway, or an error within the tool, it may have done a part of its work.
bool is_refusal(const NoAnswer& why) {
  if (why.what == NoAnswer::What::Auth) return true;
  if (why.what != NoAnswer::What::Refused) return false;
  if (why.status >= 300 && why.status < 500) return true;
  switch (why.code) {
    case kParseError:
    case kInvalidRequest:
    case kMethodNotFound:
    case kInvalidParams:
    case kHeaderMismatch:
    case kMissingClientCapability:
    case kUnsupportedVersion: return true;
    default: return false;
  }
}

/// Returns the failure in Offhook's own words, without text of the server.
std::string failure_words(const NoAnswer& why) {
  if (why.what == NoAnswer::What::Lost) return std::string(kLost);
  if (!is_refusal(why)) return std::string(kFailed);
  if (why.code == kInvalidParams) return "The tool's server does not accept this tool call: check its name and arguments.";
  if (why.code != 0) return "The tool's server refuses the tool call (" + std::to_string(why.code) + ").";
  return "The tool's server refuses the tool call.";
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
  auto arguments = one_line_arguments(request.arguments);
  if (!arguments) {
    out.emplace_back(Answered{number, {false, std::string(kNoObject)}});
    return;
  }
  request.arguments = std::move(*arguments);
  Call& made = calls_[number];
  made.request = std::move(request);
  made.hard_due = now + options_.call_limit;
  if (state_ != State::Open) return;
  if (has_good_list(now)) return send_call(number, now, out);
  if (!listing_) answer(number, {false, std::string(kNotAvailable)}, out);
}

/// Returns true if the server's list of tools is known and not too old.
bool Client::has_good_list(TimePoint now) const { return list_good_until_ && now < *list_good_until_; }

void Client::send_call(std::uint64_t number, TimePoint now, Actions& out) {
  Call& call = calls_.at(number);
  const auto known = known_hashes_.find(call.request.tool);
  if (known == known_hashes_.end() || known->second != call.request.hash) return answer(number, {false, std::string(kChanged)}, out);
  const Dialect dialect{facts_.modern, options_.identity};
  const std::uint64_t token = last_id_ + 1;  // send() gives the request this id, and the server repeats it in the progress.
  const TimePoint due = std::min(now + options_.call_quiet, call.hard_due);
  call.id = send({Request::What::Call, due, number}, "tools/call",
                 call_params(dialect, call.request.tool, call.request.arguments, token), out, &call);
}

void Client::send_waiting(TimePoint now, Actions& out) {
  for (const std::uint64_t number : waiting_calls()) send_call(number, now, out);
}

void Client::refuse_waiting(Actions& out) {
  for (const std::uint64_t number : waiting_calls()) answer(number, {false, std::string(kNotAvailable)}, out);
}

std::vector<std::uint64_t> Client::waiting_calls() const {
  std::vector<std::uint64_t> waiting;
  for (const auto& [number, call] : calls_) {
    if (call.id == 0) waiting.push_back(number);
  }
  return waiting;
}

void Client::answer(std::uint64_t call, ToolAnswer answer, Actions& out) {
  const auto at = calls_.find(call);
  if (at == calls_.end()) return;
  answer.repeated = at->second.repeated;
  calls_.erase(at);
  out.emplace_back(Answered{call, std::move(answer)});
}

/// Handles a tool call whose request got no answer.
void Client::on_call_lost(std::uint64_t number, const NoAnswer& why, TimePoint now, Actions& out) {
  if (why.what == NoAnswer::What::SessionGone) return on_session_gone(number, why.session_over, now, out);
  if (!why.why.empty()) out.emplace_back(Note{"a tool call failed: " + why.why});
  if (why.code == kHeaderMismatch) list_again(now);  // The list is old: the tool now requires other headers.
  answer(number, {false, failure_words(why)}, out);
}

/// Sends the tool call again in the next session, once, because the server did nothing.
void Client::on_session_gone(std::uint64_t number, bool session_over, TimePoint now, Actions& out) {
  Call& call = calls_.at(number);
  call.id = 0;
  if (std::exchange(call.repeated, true)) return answer(number, {false, std::string(kNotAvailable)}, out);
  if (session_over || state_ != State::Open) return;  // The tool call waits for the handshake.
  if (has_good_list(now)) return send_call(number, now, out);
  if (!listing_) answer(number, {false, std::string(kNotAvailable)}, out);
}

void Client::abandon(std::uint64_t number, Actions& out) {
  const auto at = calls_.find(number);
  if (at == calls_.end()) return;
  const std::uint64_t id = at->second.id;
  calls_.erase(at);
  if (id != 0) cancel(id, "the call no longer needs the result", out);
}

/// Cancels a request: MCP 2025-11-25 basic/utilities/cancellation. The modern protocol over HTTP has no such message: the end of the stream cancels it.
void Client::cancel(std::uint64_t id, std::string_view reason, Actions& out) {
  requests_.erase(id);
  const bool is_told = state_ == State::Open && (!facts_.modern || !options_.over_http);  // No notification is sent before the handshake is complete.
  if (is_told) notify("notifications/cancelled", cancelled_params(id, reason), out);
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

#include <offhook/agent/tools/mcp/client.hpp>

#include <offhook/agent/support/json_in.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

using base::TimePoint;

namespace {

constexpr base::Duration kListAgain = std::chrono::seconds(30);  // pause after a failed list
constexpr base::Duration kShortestTtl = std::chrono::seconds(60);
constexpr base::Duration kLongestTtl = std::chrono::minutes(10);  // If the server gives a longer time, this counts: approvals need a current list.

}  // namespace

void Client::on_text(std::string_view text, TimePoint now, Actions& out) {
  if (state_ == State::Closed) return;
  const auto messages = read_messages(text);
  if (!messages) {
    out.emplace_back(Note{"Offhook ignores a message of it: " + std::string(to_string(messages.error()))});
    return;
  }
  for (const RpcMessage& message : *messages) {
    if (state_ != State::Closed) on_message(message, now, out);
  }
}

void Client::on_message(const RpcMessage& message, TimePoint now, Actions& out) {
  if (message.kind == RpcMessage::Kind::Request) return on_server_request(message, now, out);
  if (message.kind == RpcMessage::Kind::Notification) return on_notification(message, now);
  // An error without an id belongs to the probe, because the client has sent no other request at that time.
  const bool is_of_probe = message.kind == RpcMessage::Kind::Error && message.id.empty() && state_ == State::Probing;
  const auto id = is_of_probe ? id_of(Request::What::Probe) : message.number();
  const auto at = id ? requests_.find(*id) : requests_.end();
  if (at == requests_.end()) return;  // The client has cancelled this request, or has never sent it.
  const Request request = at->second;
  requests_.erase(at);
  out.emplace_back(Settled{*id});
  if (message.kind == RpcMessage::Kind::Result) return on_result(request, message.body, now, out);
  on_error(request, message, now, out);
}

void Client::on_server_request(const RpcMessage& message, TimePoint now, Actions& out) {
  if (now - answers_since_ >= std::chrono::seconds(1)) {
    answers_since_ = now;
    answers_ = 0;
  }
  if (answers_++ >= kMaxAnswersPerSecond) return;
  Outgoing answer;
  answer.revision = facts_.revision;
  answer.modern = facts_.modern;
  answer.body = message.method == "ping" ? write_answer(message.id, "{}")
                                         : write_refusal(message.id, kMethodNotFound, "this client offers nothing but answers to pings");
  out.emplace_back(std::move(answer));
}

void Client::on_notification(const RpcMessage& message, TimePoint now) {
  if (state_ != State::Open) return;
  if (message.method == "notifications/tools/list_changed") return list_again(after_pause(now));
  if (message.method == "notifications/progress") on_progress(message.body, now);
}

void Client::on_progress(std::string_view params, TimePoint now) {
  json::Parser parser;
  const auto root = json::parse(parser, params);
  const auto token = root ? json::number(*root, "progressToken") : std::nullopt;
  const auto at = token && *token > 0 ? requests_.find(static_cast<std::uint64_t>(*token)) : requests_.end();
  if (at == requests_.end() || at->second.what != Request::What::Call) return;
  at->second.due = std::min(now + options_.call_quiet, calls_.at(at->second.call).hard_due);
}

void Client::on_result(const Request& request, const std::string& result, TimePoint now, Actions& out) {
  switch (request.what) {
    case Request::What::Probe: return on_discovered(result, now, out);
    case Request::What::Initialize: return on_initialized(result, now, out);
    case Request::What::List: return on_page(result, now, out);
    case Request::What::Listen:  // The server has ended the stream, so the client may have missed changes.
      listen_at_ = after_pause(now);
      return list_again(*listen_at_);
    case Request::What::Call: break;
  }
  renewed_ = false;
  auto read = read_tool_answer(result, calls_.at(request.call).request.has_output_schema);
  answer(request.call, read ? std::move(*read) : ToolAnswer{false, "The answer of the tool cannot be read."}, out);
}

void Client::on_error(const Request& request, const RpcMessage& error, TimePoint now, Actions& out) {
  const std::string code = std::to_string(error.code);
  switch (request.what) {
    case Request::What::Probe:
      if (state_ == State::Probing) on_probe_failed(error.code, error.body, now, out);
      return;
    case Request::What::Initialize: return on_handshake_refused(error.code, error.body, now, out);
    case Request::What::List: return on_list_failed("it refuses to list its tools (" + code + ")", now, out);
    case Request::What::Listen: return;  // Without the stream, the client sees changes only in the next list.
    case Request::What::Call: break;
  }
  NoAnswer why{NoAnswer::What::Refused, 0, error.code, {}, {}};
  on_call_lost(request.call, why, now, out);
}

// --- the list of tools -------------------------------------------------------------------------------------------------------

void Client::list_again(TimePoint at) { list_at_ = list_at_ ? std::min(*list_at_, at) : at; }

/// Returns the earliest time for the next tools/list request after the server reports a change. The pause between two requests grows while the server
/// reports more changes.
TimePoint Client::after_pause(TimePoint now) const { return std::max(now, listed_at_ + list_pause_); }

void Client::list(TimePoint now, Actions& out) {
  list_at_.reset();
  listing_.emplace();
  listing_due_ = now + options_.listing_limit;
  ask_page(now, out);
}

void Client::ask_page(TimePoint now, Actions& out) {
  listed_at_ = now;
  const Dialect dialect{facts_.modern, options_.identity};
  const TimePoint due = std::min(now + options_.list_limit, listing_due_);
  (void)send({Request::What::List, due, 0}, "tools/list", list_params(dialect, listing_->cursor()), out);
}

void Client::on_page(const std::string& result, TimePoint now, Actions& out) {
  if (!listing_) return;
  auto page = read_tool_page(result);
  if (!page) return on_list_failed("its list of tools cannot be read", now, out);
  renewed_ = false;
  if (listing_->on_page(std::move(*page), result.size()) == ToolListing::Next::Ask) return ask_page(now, out);
  for (const std::string& note : listing_->notes()) out.emplace_back(Note{note});
  const auto ttl = std::chrono::milliseconds(std::min<std::uint64_t>(listing_->ttl_ms(), 1U << 30U));
  list_again(now + (ttl.count() > 0 ? std::clamp<base::Duration>(ttl, kShortestTtl, kLongestTtl) : kLongestTtl));
  list_good_until_ = now + kListGood;
  known_hashes_.clear();
  for (const ToolDefinition& tool : listing_->tools()) known_hashes_.emplace(tool.name, tool.hash);
  Listed listed{listing_->tools()};
  listing_.reset();
  out.emplace_back(std::move(listed));
  send_waiting(now, out);
}

void Client::on_list_failed(std::string why, TimePoint now, Actions& out) {
  listing_.reset();
  out.emplace_back(Note{std::move(why)});
  list_again(now + kListAgain);
  refuse_waiting(out);
}

}  // namespace offhook::inline v0::agent::tools::mcp

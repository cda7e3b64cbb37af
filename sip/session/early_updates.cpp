#include <offhook/sip/session/invite_client_session.hpp>

#include <offhook/sip/session/mid_call.hpp>

#include <utility>

/// UPDATE in the early dialogs of an outgoing call, in both directions: RFC 3311.
namespace offhook::inline v0::sip::session {

/// Processes an UPDATE of the peer: RFC 3311 section 5.2
void InviteClientSession::on_early_update(TransactionId id, const Message& request, Dialog& dialog, Actions& out) {
  const std::string& tag = dialog.id().remote_tag;
  EarlyBranch* branch = branches_.find(tag);
  const bool waiting = branch != nullptr && branch->offer;
  Body offer = description_of(request);
  if (waiting && (branch->offer->update || !offer.empty())) return out.push_back(later(id));
  const bool ours = branch == nullptr || !branch->agreed || branch->is_offering();
  if (!offer.empty() && ours) return out.push_back(Respond{id, 491, {}, {}});
  dialog.refresh_target(request);
  if (!offer.empty()) return branches_.offer(setup_.id, *branch, {std::move(offer), id}, out);
  out.push_back(Respond{id, 200, {}, {}});
}

bool InviteClientSession::update(Body body, HeaderList headers, std::string_view tag, base::TimePoint now, Actions& out) {
  if (call_) return !owed_ack_ && call_->offer(std::move(body), std::move(headers), Method::Update, out);
  EarlyBranch* branch = state_ == State::Proceeding && !body.empty() ? branches_.open(tag) : nullptr;
  Dialog* dialog = branch != nullptr ? early_.find(branch->tag) : nullptr;
  if (dialog == nullptr) return false;
  branch->ours = OwnOffer{std::move(body), std::move(headers), Method::Update, false, false, true};
  branch->glare.reset();
  // The UPDATE could overtake the PRACK: RFC 6337 section 4.3.
  if (branch->prack != 0) {
    branch->glare.postpone(now, random_);
  } else {
    send_early_update(*branch, *dialog, out);
  }
  return true;
}

void InviteClientSession::send_early_update(const EarlyBranch& branch, Dialog& dialog, Actions& out) {
  HeaderList own = supported();
  if (!setup_.info_packages.empty()) own.emplace_back("Recv-Info", recv_info(setup_.info_packages));
  out.push_back(
      Send{Purpose::EarlyUpdate, dialog.request(Method::Update), branch.ours->headers, branch.ours->body, std::move(own)});
}

/// Sends our offer again. If we answered a newer offer of the peer meanwhile, reports ours as refused instead.
void InviteClientSession::retry_early_update(EarlyBranch& branch, base::TimePoint now, Actions& out) {
  if (branch.offer || branch.prack != 0) return branch.glare.postpone(now, random_);
  if (branch.ours->stale) return end_early_update(branch, 491, out);
  if (Dialog* dialog = early_.find(branch.tag)) send_early_update(branch, *dialog, out);
}

void InviteClientSession::end_early_update(EarlyBranch& branch, int status, Actions& out) {
  branch.ours.reset();
  branch.glare.reset();
  out.push_back(Emit{OfferRefused{setup_.id, status, branch.tag}});
}

/// Processes the response to the PRACK that carried our answer, or that acknowledged the response with the peer's answer. Then sends an offer of ours that
/// waited for this response.
void InviteClientSession::on_prack_done(std::string_view tag, std::uint32_t cseq, int status, Actions& out) {
  EarlyBranch* branch = branches_.find(tag);
  Dialog* dialog = early_.find(tag);
  if (branch == nullptr || dialog == nullptr || branch->prack != cseq) return;
  branch->prack = 0;
  if (!branch->ours || branch->offer) return;
  if (status >= 300) return end_early_update(*branch, status, out);
  branch->glare.reset();
  send_early_update(*branch, *dialog, out);
}

void InviteClientSession::on_early_update_answered(const Message& response, base::TimePoint now, Actions& out) {
  const std::string tag(response.to().tag().value_or(""));
  const int status = response.status();
  if (call_) {  // The call has taken over the pending UPDATE of its early dialog.
    if (call_->dialog().id().remote_tag != tag) return;
    return in_call(out, [&](auto& call, auto& actions) { call.on_response(Purpose::Update, response, now, actions); });
  }
  EarlyBranch* branch = branches_.find(tag);
  Dialog* dialog = early_.find(tag);
  if (status < 200 || branch == nullptr || dialog == nullptr || !branch->is_offering()) return;
  if (branch->glare.take(response, now, random_)) return;
  // Do this even after 481 and 408: this branch may be gone, but other branches may ring, and the INVITE gets its own final
  // response.
  if (status >= 300) return end_early_update(*branch, status, out);
  dialog->refresh_target(response);
  branch->said = {};
  branch->local = std::exchange(branch->ours, std::nullopt)->body;
  branch->glare.reset();
  out.push_back(Emit{OfferAnswered{setup_.id, description_of(response), tag}});
}

void InviteClientSession::on_early_update_failed(const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out) {
  if (call_) {
    if (call_->dialog().id().remote_tag != tag_in(sent.to)) return;
    return in_call(out, [&](auto& call, auto& actions) { call.on_failure(Purpose::Update, failure, now, actions); });
  }
  const Dialog* dialog = early_.find_party(sent.to);
  EarlyBranch* branch = dialog != nullptr ? branches_.find(dialog->id().remote_tag) : nullptr;
  if (branch == nullptr || !branch->is_offering()) return;
  // Report a timeout as 408, and a transport error as 503: RFC 3261 section 8.1.3.1.
  end_early_update(*branch, failure == Failure::Timeout ? 408 : 503, out);
}

}  // namespace offhook::inline v0::sip::session

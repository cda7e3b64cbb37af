#include <offhook/agent/conversation/conversation.hpp>

// Detects the party that answered an outgoing call: a person, a machine that takes a message, a fax, or only a tone of the network.
namespace offhook::inline v0::agent {

using base::TimePoint;

void Conversation::on_line_tone(media::LineTone tone, TimePoint now, ConversationActions& out) {
  out.push_back(ToneHeard{tone});
  // Before the answer, the telephone decides about tones: another branch may still ring.
  if (phase_ != Phase::Connected) return;
  if (media::is_refusal(tone)) close("network tone", {}, now, out);
  // A calling fax hears no words. If the policy needs to know the answering party, AnswerWatch reports a fax.
  if (tone == media::LineTone::FaxCalling && options_.machine == MachinePolicy::Ignore) close("fax", {}, now, out);
}

void Conversation::on_answerer(const media::AnswerWatch::Step& step, TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Connected) return;
  if (step.verdict) on_verdict(*step.verdict, now, out);
  if (!step.speak_now || hearer_ != Hearer::MachineBeforeBeep) return;
  hearer_ = Hearer::Machine;
  finish_reply_if_heard(now, out);  // An empty message counts as heard, and ends the call now.
}

void Conversation::on_verdict(const media::AnswerVerdict& verdict, TimePoint now, ConversationActions& out) {
  out.push_back(AnsweredBy{verdict});
  switch (verdict.who) {
    case media::Answerer::Human:
    case media::Answerer::Unknown:  // A silent person must hear the agent too.
      end_screening();
      if (agent_.state() == AgentFloor::State::Thinking) agent_.fill_by(now);  // The filler's time may have passed during the detection.
      return rest(now);
    case media::Answerer::Fax: return close("fax", {}, now, out);
    case media::Answerer::Machine: break;
  }
  if (options_.machine == MachinePolicy::HangUp) return close("answering machine", {}, now, out);
  prepare_message(now, out);
}

/// Requests a message in place of the greeting, which was meant for a person. If the agent has already said some words, because the machine
/// sounded like a person, these words are cut off.
void Conversation::prepare_message(TimePoint now, ConversationActions& out) {
  hearer_ = Hearer::MachineBeforeBeep;
  abandon_listening(out);
  TurnInput opening;
  opening.kind = TurnInput::Kind::Opening;
  opening.text = kMachineAnswered;
  respond(std::move(opening), now, out);
}

}  // namespace offhook::inline v0::agent

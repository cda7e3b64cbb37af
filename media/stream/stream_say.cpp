#include <offhook/media/stream/stream.hpp>

#include <offhook/media/files/prompt.hpp>

#include <algorithm>
#include <array>
#include <utility>

// The audio to the caller.
namespace offhook::inline v0::media {

/// Adds the other members' audio to `spoken`. If the agent says nothing and the listener gets the common mix, returns its shared
/// encoding instead, and copies the mix to `pcm`.
base::Bytes Stream::join_others(const OthersFrame& others, std::span<const std::int16_t>& spoken, std::span<std::int16_t> room,
                                std::span<std::int16_t> pcm) {
  const auto octets = others.is_common && !playout_.said() ? others.common->octets(chain_->codec()) : base::Bytes{};
  if (std::exchange(sent_common_, !octets.empty()) && octets.empty()) {
    // Our own filter did not process the audio before, and would continue from older audio.
    std::array<std::int16_t, kMaxFrameSamples> silence{};
    const auto quiet = std::span<const std::int16_t>(silence).first(spoken.size());
    chain_->from_port(others.common != nullptr ? others.common->before() : quiet, pcm);
  }
  if (!octets.empty()) {
    const auto narrow = others.common->narrow();
    std::copy(narrow.begin(), narrow.end(), pcm.begin());
    return octets;
  }
  for (std::size_t i = 0; i < others.pcm.size(); ++i)
    room[i] = static_cast<std::int16_t>(std::clamp(spoken[i] + others.pcm[i], -32768, 32767));
  if (!others.pcm.empty()) spoken = room.first(spoken.size());
  return {};
}

base::Bytes Stream::share_music(std::uint64_t tick, bool may, std::span<std::int16_t> pcm) {
  const auto& music = port_->music;
  if (may && playout_.plain_music() && music->encodes(port_->rate_hz)) {
    const auto octets = music->encoded(chain_->codec(), tick);
    const auto narrow = music->pcm(8000, tick);
    if (!octets.empty() && narrow.size() == pcm.size()) {
      std::copy(narrow.begin(), narrow.end(), pcm.begin());
      shared_music_ = tick;
      return octets;
    }
  }
  // Our own filter did not process the audio before.
  if (const auto before = std::exchange(shared_music_, std::nullopt)) chain_->from_port(music->pcm(port_->rate_hz, *before), pcm);
  return {};
}

std::span<const std::int16_t> Stream::say(const TickTime& time, const Destination& to, const OthersFrame& others, Sendout& out,
                                          CodecChain::Frame& frame) {
  const auto pcm = std::span(frame).first(chain_->samples());
  if (!plan_->send || !to) {
    std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
    chain_->interrupt();
    silence_.interrupt();
    packetizer_.interrupt();  // The frames in the ring continue to wait: the timeline reports only audio that left.
  } else if (event_sender_.busy()) {
    say_digit(time.tick, *to, pcm, out);
  } else {
    std::array<std::int16_t, kMaxFrameSamples> room;
    const auto wire_tick = time.tick + chain_->ticks_until_sent(packetizer_);
    auto spoken = playout_.pull(time.tick, wire_tick, std::span(room).first(port_->frame_samples()));
    const bool confers = !others.pcm.empty() || sent_common_;
    const bool mixed = std::exchange(mixed_, !others.pcm.empty());  // Our filter still has the end of the mix in it.
    auto octets = playout_.plain_music() || shared_music_ ? share_music(time.tick, !confers && !mixed, pcm) : base::Bytes{};
    if (confers) octets = join_others(others, spoken, room, pcm);
    if (!octets.empty()) {
      silence_.interrupt();
      packetizer_.audio(octets, *to, out);
    } else {
      chain_->from_port(spoken, pcm);
      if (!leaves_out(playout_.sounds() || !others.pcm.empty(), *to, out)) chain_->send(pcm, packetizer_, *to, out);
    }
  }
  packetizer_.end_tick();
  return pcm;
}

/// Sends one tick of the digits that wait: as an event if the peer accepts events, otherwise as a tone; silence in their pauses.
void Stream::say_digit(std::uint64_t tick, const base::SocketAddress& to, std::span<std::int16_t> pcm, Sendout& out) {
  const auto event = event_sender_.tick(packetizer_.timestamp());
  const bool as_event = event && plan_->send_events;
  digit_tones_.fill(event && !as_event ? event->digit : '\0', chain_->rate_hz(), tick, pcm);
  silence_.interrupt();
  if (!as_event) return chain_->send(pcm, packetizer_, to, out);
  chain_->interrupt();
  packetizer_.event(*event, *plan_->send_events, to, out);
}

/// Returns whether the peer makes this tick's silence itself, from descriptions that are sent now and then:
/// RFC 3389 section 4. Our silence has no noise to describe.
bool Stream::leaves_out(bool spoken, const base::SocketAddress& to, Sendout& out) {
  if (!port_->leaves_out_silence || !plan_->send_comfort_noise) {
    silence_.interrupt();
    return false;
  }
  const auto what = silence_.on_frame(spoken, {});
  if (what == DiscontinuousSender::What::Audio) return false;
  if (what == DiscontinuousSender::What::Nothing) {
    packetizer_.interrupt();
    return true;
  }
  std::array<std::uint8_t, 1> description;
  static_cast<void>(write_comfort_noise({}, description));
  packetizer_.silence(description, kComfortNoiseType, to, out);
  return true;
}

}  // namespace offhook::inline v0::media

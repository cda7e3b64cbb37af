// Drives a whole stream with datagrams, ticks, commands and new plans. Each step begins with one octet for its kind and one for its size:
//   0 raw: that many octets are the datagram           1 audio: RTP in sequence, payload of that many times 6 octets
//     (for Opus, the next octet is its first octet, and the others follow as the size says)
//   2 event: telephone-event in sequence               3 report: those octets after a sender report's header
//   4 ticks: 1 to 8, each 1 s after the previous one if the size is over 250; bit 6: a voice is present;
//     bit 7: the bank decides about the voice
//   5 command   6 plan   7 playout: one frame; an odd size ends the utterance
// Bits 3 and 4 of the first octet choose the source: the address of the SDP, the address of another SDP, the host of the signalling, or a stranger.
// Each source sends in sequence and may pass its probation. The stream must never send to the stranger.
#include <offhook/media/stream/stream.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

using namespace offhook;

namespace {

base::SocketAddress address(unsigned who) { return {base::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(who + 1)}), 4000}; }
const base::SocketAddress kStranger = address(3);

class Driver {
 public:
  Driver() {
    port_->rate_hz = 16000;
    plan_.send_events = plan_.receive_events = 101;
    for (std::size_t i = 1; i < media::kAudioCodecs.size(); ++i) plan_.also_receivable[i - 1] = media::ReceivableCodec{media::kAudioCodecs[i], types_[i]};
    receive_opus(false);
    plan_.also_receive_events = media::EventNumber{102, 48000};
    plan_.remote_rtp = address(0);
    plan_.remote_rtcp = {address(0).ip, 4001};
    plan_.signalling_host = address(2).ip;
    start();
  }

  void step(base::ByteReader& reader) {
    const std::uint8_t what = reader.u8(), much = reader.u8();
    const unsigned who = what >> 3 & 3;
    switch (what & 7) {
      case 0: return receive(what, address(who), reader.take(std::min<std::size_t>(much, reader.remaining())));
      case 1: return audio(who, reader, what, much);
      case 2: return event(who, much, reader.u8());
      case 3: return report(who, much, reader);
      case 4:
        for (int i = 0; i <= (what >> 3 & 7); ++i) tick(what, much);
        return;
      case 5: return command(what >> 3 & 3, much);
      case 6: return change_plan(what, much);
      case 7: return say(much);
    }
  }
  /// Returns true if the run is long enough. A longer run finds no more than many short runs.
  [[nodiscard]] bool has_lived() const { return ticks_ >= kMaxTicks || chains_ >= kMaxChains; }
  void finish() {
    out_.clear();
    stream_->finish(now_, out_);
    look();
    const auto all = stream_->statistics();
    if (all.source == kStranger) std::abort();
  }

 private:
  void start() {
    const bool same_chain = made_for_ && media::CodecChain::does_for(*made_for_, plan_);
    auto chain = same_chain ? nullptr : media::Stream::make_chain(plan_, port_->rate_hz);
    if (!same_chain) made_for_ = plan_, ++chains_;
    (void)stream_->start(plan_, std::move(chain), false, now_);
  }
  void receive(std::uint8_t what, const base::SocketAddress& from, base::Bytes datagram) {
    stream_->on_packet((what & 0x20) != 0 ? media::Channel::Rtcp : media::Channel::Rtp, from, datagram, now_);
  }
  void audio(unsigned who, base::ByteReader& reader, std::uint8_t what, std::uint8_t much) {
    const std::uint8_t type = types_[(what >> 5 & 3) + (much % 2 == 0 ? 0U : 3U)];
    if (type == 111) payload_[0] = reader.u8();
    rtp(who, type, std::min<std::size_t>(std::size_t{much} * 6, payload_.size()), (what & 0x80) != 0);
  }
  void rtp(unsigned who, std::uint8_t type, std::size_t size, bool jump) {
    sequence_[who] = static_cast<std::uint16_t>(sequence_[who] + (jump ? 7 : 1));
    timestamp_[who] += jump ? 0x40000000 : static_cast<std::uint32_t>(type == 111 ? 960 : size);
    send(who, {.payload_type = type, .sequence = sequence_[who], .timestamp = timestamp_[who], .ssrc = who,
               .payload = base::Bytes(payload_).first(size)});
  }
  void event(unsigned who, std::uint8_t much, std::uint8_t digit) {
    sequence_[who] = static_cast<std::uint16_t>(sequence_[who] + 1);
    if ((much & 1) != 0) timestamp_[who] += 160;
    const auto octets = rtp::write_telephone_event({.event = digit, .end = (much & 2) != 0, .duration = static_cast<std::uint16_t>(much * 99)});
    send(who, {.payload_type = static_cast<std::uint8_t>(101 + (much >> 2 & 1)), .sequence = sequence_[who], .timestamp = timestamp_[who], .ssrc = who, .payload = octets});
  }
  void send(unsigned who, const rtp::Packet& packet) {
    std::array<std::uint8_t, 1500> datagram{};
    if (const auto size = rtp::write_packet(packet, datagram))
      stream_->on_packet(media::Channel::Rtp, address(who), base::Bytes(datagram).first(*size), now_);
  }
  void report(unsigned who, std::uint8_t much, base::ByteReader& reader) {
    std::array<std::uint8_t, 264> datagram{0x81, 200, 0, static_cast<std::uint8_t>(much / 4)};
    const auto octets = reader.take(std::min<std::size_t>(much, reader.remaining()));
    std::copy(octets.begin(), octets.end(), datagram.begin() + 4);
    stream_->on_packet(media::Channel::Rtcp, {address(who).ip, 4001}, base::Bytes(datagram).first(octets.size() + 4), now_);
  }
  void tick(std::uint8_t what, std::uint8_t much) {
    ++ticks_;
    now_ += std::chrono::milliseconds(20 + (much > 250 ? 1000 : 0));
    tick_ += 1 + (much > 250 ? 50 : 0);
    out_.clear();
    const media::TickTime time{tick_, now_, rtp::NtpTime::from_unix(now_.time_since_epoch())};
    if ((what & 0x80) != 0) {
      stream_->tick(time, voice_, out_);
    } else {  // The bank is much slower than the other steps, and its result depends only on the samples.
      media::CodecChain::Frame frame;
      const auto pcm = stream_->hear(time, frame);
      stream_->go_on(time, pcm, {.voiced = (what & 0x40) != 0, .bands = {}}, out_);
    }
    look();
    media::HeardFrame frame;
    while (much % 2 == 0 && port_->heard.try_pop(frame)) {
      if (frame.samples != port_->frame_samples()) std::abort();
    }
    media::MediaEvent told;
    while (much % 4 < 2 && port_->events.try_pop(told)) {
      if (told.kind == media::MediaEvent::Kind::Digit && !rtp::event_of(told.digit)) std::abort();
      if (told.at_tick > told.tick + 3) std::abort();
    }
  }
  void look() const {
    for (const auto& datagram : out_.all()) {
      if (datagram.to.ip == kStranger.ip || datagram.size == 0) std::abort();
      const bool readable = datagram.channel == media::Channel::Rtp ? rtp::parse_packet(datagram.bytes()).has_value()
                                                                   : rtp::CompoundReader::open(datagram.bytes()).has_value();
      if (!readable) std::abort();
    }
  }
  void command(unsigned kind, std::uint8_t much) {
    (void)port_->commands.try_push({static_cast<media::PlayoutCommand::Kind>(kind % 3), utterance_, static_cast<char>(much)});
  }
  void change_plan(std::uint8_t what, std::uint8_t much) {
    const std::size_t codec = much % media::kAudioCodecs.size();
    plan_.codec = media::kAudioCodecs[codec];
    plan_.receive_payload_type = plan_.send_payload_type = types_[codec];
    receive_opus((much & 8) != 0);
    plan_.opus.in_band_fec = (much & 0x40) != 0;
    plan_.opus.dtx = (much & 0x80) != 0;
    plan_.ptime_ms = static_cast<std::uint16_t>(much / 3);
    plan_.send = (what & 0x08) == 0;
    plan_.receive = (what & 0x10) == 0;
    plan_.send_events = (what & 0x20) == 0 ? std::optional<std::uint8_t>(101) : std::nullopt;
    plan_.send_comfort_noise = (much & 1) != 0;
    plan_.send_voip_metrics = (much & 2) != 0;
    port_->leaves_out_silence = true;
    port_->listener = (much & 4) != 0 ? media::Listener::Machine : media::Listener::Person;
    plan_.remote_rtp = (what & 0x40) != 0 ? address(1) : address(0);
    if ((what & 0x80) != 0) plan_.remote_rtp.port = 0;
    start();
  }
  /// Makes Opus receivable in addition to the agreed codec. This happens rarely, because libopus executes the instruction CPUID when it
  /// creates a decoder. In a virtual machine this takes as long as the remainder of a run.
  void receive_opus(bool also) {
    plan_.also_receivable[kOpus - 1] = also ? std::optional(media::ReceivableCodec{media::AudioCodec::Opus, types_[kOpus]}) : std::nullopt;
  }
  void say(std::uint8_t much) {
    media::PlayoutFrame frame;
    frame.utterance = utterance_;
    frame.word = much;
    frame.samples = static_cast<std::uint16_t>(much * 3);
    frame.last = (much & 1) != 0;
    if (frame.last) ++utterance_;
    frame.pcm.fill(static_cast<std::int16_t>(much * 128));
    (void)port_->playout.try_push(frame);
  }

  static constexpr std::size_t kOpus = static_cast<std::size_t>(media::AudioCodec::Opus);  // index of Opus in kAudioCodecs
  static constexpr int kMaxTicks = 80, kMaxChains = 4;
  static constexpr std::array<std::uint8_t, 7> types_{0, 8, 9, 111, 119, 118, 13};
  std::unique_ptr<media::AudioPort> port_ = std::make_unique<media::AudioPort>();
  base::SeededRandom random_{1};
  media::VoiceBank voice_{1};
  std::unique_ptr<media::Stream> stream_ = std::make_unique<media::Stream>(media::StreamOptions{}, *port_, random_);
  media::MediaPlan plan_;
  std::optional<media::MediaPlan> made_for_;
  media::Sendout out_;
  base::TimePoint now_ = base::TimePoint{} + std::chrono::hours(1);
  std::uint64_t tick_ = 0;
  int ticks_ = 0, chains_ = 0;
  std::uint32_t utterance_ = 1;
  std::array<std::uint16_t, 4> sequence_{65000, 1, 2, 3};
  std::array<std::uint32_t, 4> timestamp_{0xFFFFF000, 0, 0, 0};
  std::array<std::uint8_t, rtp::kMaxPackedOctets + 20> payload_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxSteps = 400;
  Driver driver;
  base::ByteReader reader({data, size});
  for (std::size_t step = 0; step < kMaxSteps && !driver.has_lived() && reader.remaining() >= 2; ++step) driver.step(reader);
  driver.finish();
  return 0;
}

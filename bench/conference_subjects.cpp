#include <offhook/bench/subjects.hpp>

#include <offhook/base/random.hpp>
#include <offhook/bench/legs/voice.hpp>
#include <offhook/media/conference/conference.hpp>
#include <offhook/media/stream/stream.hpp>
#include <offhook/rtp/packet.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace offhook::bench {

namespace {

constexpr std::uint32_t kRate = 16000;
constexpr std::size_t kOctets = 160, kLanes = 8, kSpeakers = 3;
constexpr base::Duration kTick = std::chrono::milliseconds(20);
const base::SocketAddress kPeer{base::IpAddress::v4({127, 0, 0, 1}), 9};

base::TimePoint at(std::size_t turn) { return base::TimePoint(kTick * (static_cast<std::int64_t>(turn) + 50)); }

/// A conference of PCMU callers without sockets. In each tick, one packet arrives from each caller, three callers speak, and one packet
/// leaves for each caller.
class Meeting {
 public:
  explicit Meeting(std::size_t members)
      : conference_(kRate, members), members_(members), rows_((members + kLanes - 1) / kLanes),
        voice_(encoded_voice(media::AudioCodec::Pcmu)) {
    media::MediaPlan plan;
    plan.remote_rtp = plan.remote_rtcp = kPeer;
    for (auto& member : members_) {
      member.port->rate_hz = kRate;
      member.stream = std::make_unique<media::Stream>(media::StreamOptions{std::chrono::seconds(10), "bench"}, *member.port, member.random);
      (void)member.stream->start(plan, media::Stream::make_chain(plan, kRate), false, at(0));
      (void)conference_.join(member.slot);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = std::make_unique<media::VoiceBank>(kLanes);
  }

  void tick(std::size_t turn) {
    const media::TickTime time{.tick = turn, .now = at(turn), .wall = {}};
    conference_.begin();
    for (std::size_t i = 0; i < members_.size(); ++i) hear(i, turn, time);
    for (const auto& row : rows_) row->run();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[i];
      conference_.say(member.slot, member.stream->take_in(time, member.pcm, rows_[i / kLanes]->found(i % kLanes)));
    }
    conference_.mix();
    for (auto& member : members_) {
      sendout_.clear();
      member.stream->give_out(time, member.pcm, conference_.others(member.slot), sendout_);
      keep(sendout_);
      while (member.port->heard.try_pop(heard_)) {
      }
    }
  }

 private:
  struct Member {
    base::SeededRandom random{7};
    std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
    std::unique_ptr<media::Stream> stream;
    media::ConferenceSlot slot;
    media::CodecChain::Frame frame;
    std::span<const std::int16_t> pcm;
  };

  void hear(std::size_t i, std::size_t turn, const media::TickTime& time) {
    Member& member = members_[i];
    const auto pieces = voice_.size() / kOctets;
    rtp::Packet packet;
    packet.sequence = static_cast<std::uint16_t>(turn);
    packet.timestamp = static_cast<std::uint32_t>(turn * kOctets);
    packet.ssrc = 7;
    packet.payload = i < kSpeakers ? base::Bytes(voice_).subspan((turn + i * 40) % pieces * kOctets, kOctets) : base::Bytes(silence_);
    std::array<std::uint8_t, kOctets + 12> datagram;
    (void)rtp::write_packet(packet, datagram);
    member.stream->on_packet(media::Channel::Rtp, kPeer, datagram, at(turn) - std::chrono::milliseconds(3));
    member.pcm = member.stream->hear(time, member.frame);
    rows_[i / kLanes]->hear(i % kLanes, member.pcm, member.stream->sent_line());
  }

  media::Conference conference_;
  std::vector<Member> members_;
  std::vector<std::unique_ptr<media::VoiceBank>> rows_;
  std::vector<std::uint8_t> voice_;
  std::vector<std::uint8_t> silence_ = std::vector<std::uint8_t>(kOctets, 0xff);
  media::Sendout sendout_;
  media::HeardFrame heard_;
};

}  // namespace

std::vector<Subject> conference_subjects() {
  std::vector<Subject> subjects;
  for (const std::size_t members : {std::size_t{2}, std::size_t{32}, media::Conference::kMaxMembers}) {
    Subject subject;
    subject.name = "conference.tick." + std::to_string(members);
    auto meeting = std::make_shared<std::unique_ptr<Meeting>>();
    subject.prepare = [meeting, members] { *meeting = std::make_unique<Meeting>(members); };
    subject.finish = [meeting] { meeting->reset(); };
    subject.ours = {"offhook", repeat([meeting](std::size_t turn) { (*meeting)->tick(turn); })};
    subject.parts = members;
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

}  // namespace offhook::bench

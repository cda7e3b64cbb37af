#include <offhook/sip/transport/dns_answer.hpp>

#include <offhook/sip/locate/locator.hpp>

#include <ares.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace offhook::inline v0::sip::detail {

using locate::Answer;
using locate::Record;

namespace {

constexpr std::uint16_t kTypeA = 1, kTypeCname = 5, kTypeAaaa = 28, kTypeSrv = 33, kTypeNaptr = 35, kClassInternet = 1;

/// Reads DNS data. After the first error, all reads return 0 and good() is false.
class Reader {
 public:
  Reader(base::Bytes message, std::size_t at, std::size_t end) : message_(message), at_(at), end_(end) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

  base::Bytes take(std::size_t count) {
    if (!good_ || count > end_ - at_) return fault();
    at_ += count;
    return message_.subspan(at_ - count, count);
  }
  std::uint8_t u8() {
    const auto bytes = take(1);
    return bytes.empty() ? std::uint8_t{0} : bytes[0];
  }
  std::uint16_t u16() {
    const auto bytes = take(2);
    return bytes.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  std::string text() {
    const auto bytes = take(u8());
    return {bytes.begin(), bytes.end()};
  }
  /// Reads a name. The name may point back into the message, but its own octets must be within this range.
  std::string name() {
    if (!good_) return {};
    char* expanded = nullptr;
    long length = 0;
    const int status = ares_expand_name(message_.data() + at_, message_.data(), static_cast<int>(message_.size()), &expanded, &length);
    if (status != ARES_SUCCESS) {
      fault();
      return {};
    }
    std::string name(expanded);
    ares_free_string(expanded);
    (void)take(static_cast<std::size_t>(length));
    return name;
  }

 private:
  base::Bytes fault() {
    good_ = false;
    return {};
  }

  base::Bytes message_;
  std::size_t at_, end_;
  bool good_ = true;
};

/// Returns the data of one record, or nullopt for a type that we do not ask for. The reader reports errors.
std::optional<decltype(Record::data)> data_of(std::uint16_t type, Reader& data) {
  switch (type) {
    case kTypeA: {
      std::array<std::uint8_t, 4> octets{};
      const auto bytes = data.take(octets.size());
      std::copy(bytes.begin(), bytes.end(), octets.begin());
      return locate::AddressRecord{base::IpAddress::v4(octets)};
    }
    case kTypeAaaa: {
      std::array<std::uint8_t, 16> octets{};
      const auto bytes = data.take(octets.size());
      std::copy(bytes.begin(), bytes.end(), octets.begin());
      return locate::AddressRecord{base::IpAddress::v6(octets)};
    }
    case kTypeCname: return locate::AliasRecord{data.name()};
    case kTypeSrv: {
      locate::SrvRecord srv;
      srv.priority = data.u16();
      srv.weight = data.u16();
      srv.port = data.u16();
      srv.target = data.name();
      return srv;
    }
    case kTypeNaptr: {
      locate::NaptrRecord naptr;
      naptr.order = data.u16();
      naptr.preference = data.u16();
      naptr.flags = data.text();
      naptr.service = data.text();
      naptr.regexp = data.text();
      naptr.replacement = data.name();
      return naptr;
    }
    default: return std::nullopt;
  }
}

}  // namespace

Answer parse_dns_answer(base::Bytes message, const locate::Question& question) {
  Answer failed{Answer::Kind::Failed, {}};
  Reader in(message, 0, message.size());
  (void)in.u16();  // The message id, which c-ares has checked.
  const std::uint16_t flags = in.u16();
  const std::uint16_t questions = in.u16(), answers = in.u16();
  (void)in.u32();  // The numbers of records in the other sections.
  if (!in.good() || (flags & 0x8000) == 0 || questions != 1) return failed;
  const std::string asked = locate::normal_name(in.name());
  (void)in.u32();
  if (!in.good()) return failed;
  if (const auto code = flags & 0xf; code != 0) return {code == 3 ? Answer::Kind::NoName : Answer::Kind::Failed, {}};
  Answer answer{answers == 0 ? Answer::Kind::NoData : Answer::Kind::Found, {}};
  for (std::size_t i = 0; i < answers && answer.records.size() < Locator::kMaxRecords; ++i) {
    Record record;
    record.name = locate::normal_name(in.name());
    if (record.name == asked) record.name = question.name;
    const std::uint16_t type = in.u16(), record_class = in.u16();
    const std::uint32_t ttl = in.u32();
    record.ttl = std::chrono::seconds(ttl > 0x7fffffff ? 0 : ttl);  // As in RFC 2181.
    const std::size_t size = in.u16();
    const std::size_t at = in.at();
    (void)in.take(size);
    if (!in.good()) return failed;
    if (record_class != kClassInternet) continue;
    Reader data(message, at, at + size);
    auto read = data_of(type, data);
    if (!read) continue;
    if (!data.good() || !data.at_end()) return failed;
    record.data = std::move(*read);
    answer.records.push_back(std::move(record));
  }
  return answer;
}

}  // namespace offhook::inline v0::sip::detail

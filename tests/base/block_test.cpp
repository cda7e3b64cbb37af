#include <offhook/base/block.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::base;

namespace {

std::string all_octets() {
  std::string text;
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  return text;
}

/// What a Block says of each character, one by one: by moving the character through every place of the block.
template <class B, class Wanted, class Plain>
void check_marks(Wanted wanted, Plain plain) {
  for (const char c : all_octets()) {
    for (std::size_t place = 0; place < B::kSize; ++place) {
      std::string text(B::kSize, plain('m') ? '\xFF' : 'm');
      if (plain(text.front())) text.assign(B::kSize, '\x7E');
      REQUIRE_FALSE(plain(text.front()));
      text[place] = c;
      const auto marks = wanted(B::load(text.data()));
      CAPTURE(static_cast<int>(c));
      REQUIRE(B::any(marks) == plain(c));
      if (plain(c)) REQUIRE(B::first(marks) == place);
      REQUIRE(B::any(~marks));  // The others.
    }
  }
}

template <class B>
void check_block() {
  check_marks<B>([](B b) { return b.below(14); }, [](char c) { return static_cast<unsigned char>(c) < 14; });
  check_marks<B>([](B b) { return b.below(1); }, [](char c) { return c == 0; });
  check_marks<B>([](B b) { return ~b.below(127); }, [](char c) { return static_cast<unsigned char>(c) >= 127; });
  check_marks<B>([](B b) { return b.equal('\xC3'); }, [](char c) { return c == '\xC3'; });
  check_marks<B>([](B b) { return b.equal(':') | b.equal('\0'); }, [](char c) { return c == ':' || c == 0; });
  check_marks<B>([](B b) { return b.below('!') & ~b.equal('\t'); },
                 [](char c) { return static_cast<unsigned char>(c) <= ' ' && c != '\t'; });
  check_marks<B>([](B b) { return b.folded().in_range('a', 'g'); },
                 [](char c) { return (c >= 'a' && c <= 'g') || (c >= 'A' && c <= 'G'); });
  check_marks<B>([](B b) { return b.in_range('-', '9'); }, [](char c) { return c >= '-' && c <= '9'; });
}

template <class B>
void check_parts() {
  for (std::size_t size = 0; size < B::kSize; ++size) {
    const std::string text(size, 'x');
    const std::vector<char> exact(text.begin(), text.end());  // The sanitizer sees an octet too far.
    const auto part = B::load_part(exact.data(), size);
    CHECK(B::any(part.equal('x')) == (size != 0));
    CHECK(B::first(part.equal('\0')) == size);
    const std::string full(B::kSize, 'x');
    CHECK(B::first(B::load(full.data()).front(size).equal('\0')) == size);
  }
  const std::string full(B::kSize, 'x');
  CHECK_FALSE(B::any(B::load(full.data()).front(B::kSize).equal('\0')));
}

/// Every length up to three blocks, and every place in it, in memory that ends with the text.
template <class B>
void check_find() {
  for (std::size_t size = 0; size <= 3 * B::kSize; ++size) {
    std::vector<char> text(size, 'x');
    const std::string_view view(text.data(), size);
    CHECK(find_first<B>(view, '\0') == size);  // What stands behind the end is no NUL of the text.
    CHECK(find_first<B>(view, [](B block) { return block.below('x') | block.equal('y'); }) == size);
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\0';
      CHECK(find_first<B>(view, '\0') == at);
      text[at] = 'x';
    }
  }
}

}  // namespace

TEST_CASE("a block of eight characters marks each of them alone, whatever stands beside it") {
  check_block<WordBlock>();
  check_parts<WordBlock>();
}

TEST_CASE("the machine's own block marks as the portable one does") {
  check_block<Block>();
  check_parts<Block>();
}

TEST_CASE("a scan finds the first character at every length and place, and reads nothing behind the text") {
  check_find<WordBlock>();
  check_find<Block>();
}

TEST_CASE("names match in either case where a letter stands, and exactly where none does") {
  const auto matches = [](const std::string& name) {
    std::string a = "call-id", f = {0x20, 0x20, 0x20, 0x20, 0, 0x20, 0x20};
    a.resize(16);
    f.resize(16);
    const bool word =
        WordBlock::load_part(name.data(), name.size()).matches(WordBlock::load(a.data()), WordBlock::load(f.data()));
    const bool block = Block::load_part(name.data(), name.size()).matches(Block::load(a.data()), Block::load(f.data()));
    CHECK(word == block);
    return word;
  };
  CHECK(matches("Call-ID"));
  CHECK(matches("cALL-id"));
  CHECK_FALSE(matches("Call\rID"));  // 0x0D with 0x20 is a hyphen.
  CHECK_FALSE(matches("Call-I"));
  CHECK_FALSE(matches("Cakl-ID"));
}

#include "sim/scenario/delay.hpp"

#include "sim/util/counted.hpp"
#include "sim/util/simd_clones.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace bully::sim {
namespace {

constexpr double ln2 = 0.693147180559945309417;
constexpr auto longest_ns = static_cast<double>(longest_time.count());

// The draw as a number strictly between 0 and 1.
double unit(std::uint32_t draw) { return (static_cast<double>(draw) + 0.5) / 4294967296.0; }

// ln x for x > 0, by atanh series on the mantissa in [sqrt(1/2), sqrt(2)). Basic operations only: std::log may differ
// in the last bit from one C library to the next.
double natural_log(double x) {
    int exponent = 0;
    while (x >= 1.4142135623730951) {
        x *= 0.5;
        ++exponent;
    }
    while (x < 0.7071067811865476) {
        x *= 2.0;
        --exponent;
    }
    const double z = (x - 1.0) / (x + 1.0);
    const double z2 = z * z;
    double sum = 0.0;
    for (int k = 21; k >= 1; k -= 2) sum = sum * z2 + 1.0 / k;
    return static_cast<double>(exponent) * ln2 + 2.0 * z * sum;
}

// e^x, by Taylor series on the remainder of a power of two.
double exponential_of(double x) {
    if (x > 44.0) return longest_ns * 2;  // more nanoseconds than anybody waits
    if (x < -700.0) return 0.0;
    const auto power = static_cast<int>(x / ln2 + (x < 0 ? -0.5 : 0.5));
    const double r = x - static_cast<double>(power) * ln2;
    double sum = 1.0;
    for (int k = 18; k >= 1; --k) sum = 1.0 + sum * r / k;
    for (int i = 0; i < power; ++i) sum *= 2.0;
    for (int i = 0; i > power; --i) sum *= 0.5;
    return sum;
}

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
    double sum = 0.0;
    for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) sum = sum * x + *c;
    return sum;
}

// The inverse of the normal distribution: algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988), accurate
// to about one part in 10^16.
double inverse_normal(double p) {
    static constexpr std::array<double, 8> a{3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                             1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                             3.3430575583588128105e4, 2.5090809287301226727e3};
    static constexpr std::array<double, 8> b{1.0,
                                             4.2313330701600911252e1,
                                             6.8718700749205790830e2,
                                             5.3941960214247511077e3,
                                             2.1213794301586595867e4,
                                             3.9307895800092710610e4,
                                             2.8729085735721942674e4,
                                             5.2264952788528545610e3};
    static constexpr std::array<double, 8> c{
        1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static constexpr std::array<double, 8> d{1.0,
                                             2.05319162663775882187e0,
                                             1.67638483018380384940e0,
                                             6.89767334985100004550e-1,
                                             1.48103976427480074590e-1,
                                             1.51986665636164571966e-2,
                                             5.47593808499534494600e-4,
                                             1.05075007164441684324e-9};
    static constexpr std::array<double, 8> e{
        6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static constexpr std::array<double, 8> f{1.0,
                                             5.99832206555887937690e-1,
                                             1.36929880922735805310e-1,
                                             1.48753612908506148525e-2,
                                             7.86869131145613259100e-4,
                                             1.84631831751005468180e-5,
                                             1.42151175831644588870e-7,
                                             2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    const double r = std::sqrt(-natural_log(q < 0 ? p : 1.0 - p));
    const double value =
        r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
    return q < 0 ? -value : value;
}

BULLY_VECTORISED void sample_uniform(const std::uint32_t* draws, std::size_t count, Duration min, std::uint64_t width,
                                     Duration* out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = min + Duration{static_cast<std::int64_t>(scaled(draws[i], width))};
}

Duration rounded(double ns) {
    if (!(ns > 0.0)) return Duration::zero();
    // Not lround: it depends on the rounding mode. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    return Duration{static_cast<std::int64_t>(std::min(ns, longest_ns) + 0.5)};
}

std::string decimal(double value) {
    const auto thousandths = std::llround(value * 1000.0);
    auto text = std::to_string(thousandths / 1000) + "." + std::to_string(1000 + thousandths % 1000).substr(1);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

Delay Delay::constant(Duration value) {
    Delay delay;
    delay.min_ = value;
    return delay;
}

Delay Delay::uniform(Duration min, Duration max) {
    assert(min <= max);
    Delay delay;
    delay.kind_ = Kind::uniform;
    delay.min_ = min;
    delay.width_ = static_cast<std::uint64_t>((max - min).count()) + 1;
    return delay;
}

Delay Delay::exponential(Duration mean, Duration min) {
    Delay delay;
    delay.kind_ = Kind::exponential;
    delay.min_ = min;
    delay.scale_ns_ = in_ns(mean);
    return delay;
}

Delay Delay::normal(Duration mean, Duration deviation, Duration min) {
    Delay delay;
    delay.kind_ = Kind::normal;
    delay.min_ = min;
    delay.scale_ns_ = in_ns(mean);
    delay.shape_ = in_ns(deviation);
    return delay;
}

Delay Delay::lognormal(Duration median, double sigma) {
    Delay delay;
    delay.kind_ = Kind::lognormal;
    delay.scale_ns_ = in_ns(median);
    delay.shape_ = sigma;
    return delay;
}

Delay Delay::pareto(Duration min, double shape) {
    assert(shape > 0.0);
    Delay delay;
    delay.kind_ = Kind::pareto;
    delay.min_ = min;
    delay.scale_ns_ = in_ns(min);
    delay.shape_ = shape;
    return delay;
}

Delay Delay::empirical(std::vector<Duration> samples) {
    assert(!samples.empty());
    Delay delay;
    delay.kind_ = Kind::empirical;
    std::sort(samples.begin(), samples.end());  // so that a greater draw is a longer delay, as everywhere
    delay.samples_ = std::move(samples);
    return delay;
}

Delay Delay::capped(Duration max) const {
    Delay delay = *this;
    delay.cap_ = max;
    return delay;
}

void Delay::sample_each(std::span<const std::uint32_t> draws, std::span<Duration> out) const {
    assert(draws.size() == out.size());
    if (kind_ == Kind::uniform) {
        sample_uniform(draws.data(), draws.size(), min_, width_, out.data());
    } else {
        std::ranges::transform(draws, out.begin(), [this](std::uint32_t draw) { return sample(draw); });
    }
}

Duration Delay::sample_other(std::uint32_t draw) const {
    Duration value{};
    switch (kind_) {
        case Kind::constant:
        case Kind::uniform: return sample(draw);
        case Kind::exponential: value = min_ + rounded(-natural_log(1.0 - unit(draw)) * scale_ns_); break;
        case Kind::normal: value = std::max(min_, rounded(scale_ns_ + shape_ * inverse_normal(unit(draw)))); break;
        case Kind::lognormal: value = rounded(scale_ns_ * exponential_of(shape_ * inverse_normal(unit(draw)))); break;
        case Kind::pareto: value = rounded(scale_ns_ * exponential_of(-natural_log(1.0 - unit(draw)) / shape_)); break;
        case Kind::empirical: value = samples_[scaled(draw, samples_.size())]; break;
    }
    return std::min(value, cap_);
}

std::string Delay::describe() const {
    const auto time = [](double ns) { return to_string(rounded(ns)); };
    std::string text;
    switch (kind_) {
        case Kind::constant: return "constant " + to_string(min_);
        case Kind::uniform: return "uniform " + to_string(shortest()) + ".." + to_string(longest());
        case Kind::exponential: text = to_string(min_) + " + exponential, mean " + time(scale_ns_); break;
        case Kind::normal: text = "normal, mean " + time(scale_ns_) + ", deviation " + time(shape_); break;
        case Kind::lognormal: text = "lognormal, median " + time(scale_ns_) + ", sigma " + decimal(shape_); break;
        case Kind::pareto: text = "pareto, from " + time(scale_ns_) + ", shape " + decimal(shape_); break;
        case Kind::empirical: text = "one of " + counted(samples_.size(), "sample"); break;
    }
    return text + ", at most " + to_string(longest());
}

}  // namespace bully::sim

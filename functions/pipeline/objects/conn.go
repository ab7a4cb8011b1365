package objects

import (
	"bufio"
	"context"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// received is how much is read from a connection at a time, in bytes. TLS by itself reads a record of 16 KiB with each
// system call, of which a large file takes tens of thousands.
const received = 128 << 10

// buffering is a client whose connections are read in large pieces.
func buffering(client aws.HTTPClient) aws.HTTPClient {
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	buildable, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	return buildable.WithTransportOptions(func(t *http.Transport) {
		dial := t.DialContext
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &conn{c, bufio.NewReaderSize(c, received)}, nil
		}
	})
}

// conn is a connection that reads ahead.
type conn struct {
	net.Conn
	ahead *bufio.Reader
}

func (c *conn) Read(p []byte) (int, error) { return c.ahead.Read(p) }
